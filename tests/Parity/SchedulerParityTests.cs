using System.Text.Json;
using Darkroom.Models.Schedulers;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>Whole trajectories of every scheduler of the fixtures, with the network <c>0.1 x + 0.01</c> in place of a UNet.</summary>
public sealed class SchedulerParityTests
{
    // The tables' own tolerance, which the fixtures state in words.
    private const double TableTolerance = 1e-6;

    public static TheoryData<string, DiffusersRules> Fixtures => new()
    {
        { "schedulers", DiffusersRules.Version031 },
        { "schedulers_diffusers017", DiffusersRules.Version017 },
    };

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Schedulers_ReferenceTrajectories_AreFollowed(string name, DiffusersRules rules)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        foreach (var entry in fixture.Meta.GetProperty("schedulers").EnumerateObject())
        {
            var scheduler = Make(entry.Value, rules);
            AssertTimesteps(fixture.Read($"{entry.Name}.timesteps"), scheduler, entry.Name);
            fixture.AssertClose($"{entry.Name}.init_noise_sigma", tensor((float)scheduler.InitialNoiseSigma));
            if (fixture.Io.Entries.ContainsKey($"{entry.Name}.sigmas"))
                fixture.AssertClose($"{entry.Name}.sigmas", tensor(Sigmas(scheduler).Select(sigma => (float)sigma).ToArray()));
            fixture.AssertClose($"{entry.Name}.trajectory", Trajectory(scheduler, fixture, new StraightOn()));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Schedulers_HandedOnAfterEveryStep_FollowTheSameTrajectory(string name, DiffusersRules rules)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        foreach (var entry in fixture.Meta.GetProperty("schedulers").EnumerateObject())
        {
            var straight = Trajectory(Make(entry.Value, rules), fixture, new StraightOn());
            var handedOn = Trajectory(Make(entry.Value, rules), fixture, new HandedOn(() => Make(entry.Value, rules)));
            Assert.Equal(straight.data<float>().ToArray(), handedOn.data<float>().ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void NoiseSchedule_ReferenceTables_AreEqual(string name, DiffusersRules rules)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        var first = fixture.Meta.GetProperty("schedulers").EnumerateObject().First().Value;
        var schedule = Make(first, rules).Schedule;
        fixture.AssertClose("betas", tensor(schedule.Betas.ToArray()), TableTolerance, 0);
        fixture.AssertClose("alphas_cumprod", tensor(schedule.AlphasCumulative.ToArray()), TableTolerance, 0);

        var (clean, noise, timesteps) = (fixture.Read("add_noise.in.x0"), fixture.Read("add_noise.in.noise"), fixture.Read("add_noise.in.t"));
        fixture.AssertClose("add_noise.out", schedule.AddNoise(clean, noise, timesteps));
        fixture.AssertClose("velocity.out", schedule.Velocity(clean, noise, timesteps));
    }

    private static Scheduler Make(JsonElement entry, DiffusersRules rules)
    {
        var kind = entry.GetProperty("cls").GetString() switch
        {
            "DDPMScheduler" => SchedulerKind.Ddpm,
            "DDIMScheduler" => SchedulerKind.Ddim,
            "UniPCMultistepScheduler" => SchedulerKind.UniPc,
            "PNDMScheduler" => SchedulerKind.Pndm,
            "EulerAncestralDiscreteScheduler" => SchedulerKind.EulerAncestral,
            var other => throw new InvalidOperationException($"The fixture has a scheduler of class {other}."),
        };
        var eta = entry.GetProperty("step_kwargs").TryGetProperty("eta", out var value) ? value.GetDouble() : 0;
        var config = SchedulerConfigReader.Read(entry.GetProperty("config"), kind, rules) with { Eta = eta };
        return config.Create(entry.GetProperty("num_inference_steps").GetInt32());
    }

    // All samples of a run, [steps + 1, ...].
    private static Tensor Trajectory(Scheduler scheduler, Fixture fixture, StraightOn handover)
    {
        using var scope = NewDisposeScope();
        var noises = fixture.Read("noises");
        var drawn = 0;
        var state = scheduler.Start(fixture.Read("x_init") * scheduler.InitialNoiseSigma);
        var samples = new List<Tensor> { state.Sample.clone() };
        for (var step = 0; step < scheduler.StepCount; step++)
        {
            var prediction = (scheduler.ModelInput(state) * 0.1) + 0.01;
            var next = scheduler.Step(state, prediction, scheduler.NeedsNoise(step) ? noises[drawn++] : null);
            state.Dispose();
            (scheduler, state) = handover.Pass(scheduler, next);
            samples.Add(state.Sample.clone());
        }

        state.Dispose();
        return stack(samples).MoveToOuterDisposeScope();
    }

    private static void AssertTimesteps(Tensor expected, Scheduler scheduler, string name)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.to(ScalarType.Float64).data<double>().ToArray(), scheduler.Timesteps);
        Assert.True(expected.shape[0] == scheduler.StepCount, name);
    }

    private static IEnumerable<double> Sigmas(Scheduler scheduler) => scheduler switch
    {
        UniPcScheduler solver => solver.Sigmas,
        EulerAncestralScheduler euler => euler.Sigmas,
        _ => throw new InvalidOperationException($"{scheduler.GetType().Name} has no sigmas."),
    };

    private class StraightOn
    {
        public virtual (Scheduler Scheduler, SchedulerState State) Pass(Scheduler scheduler, SchedulerState state) => (scheduler, state);
    }

    // As between silos: packed, copied out as numbers, taken up by a new scheduler.
    private sealed class HandedOn(Func<Scheduler> make) : StraightOn
    {
        public override (Scheduler Scheduler, SchedulerState State) Pass(Scheduler scheduler, SchedulerState state)
        {
            using var scope = NewDisposeScope();
            var packed = scheduler.Pack(state);
            var stored = (Step: state.Step, Shape: packed.shape, Numbers: packed.data<float>().ToArray());
            state.Dispose();
            var other = make();
            return (other, other.Unpack(tensor(stored.Numbers).view(stored.Shape), stored.Step));
        }
    }
}
