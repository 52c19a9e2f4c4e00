using Darkroom.Contracts.Runs;
using Darkroom.Workbench.Capacity;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Capacity;

/// <summary>The simulator in the limits that queueing theory has formulas for. Seeds are fixed, so figures are too.</summary>
public sealed class SimulationTests
{
    private const double Load = 0.7;                                            // a pass takes 1 s unless a test says otherwise

    /// <summary>Pollaczek and Khinchine: M/D/1 at a variation of 0, M/M/1 at 1, M/G/1 between and beyond.</summary>
    [Theory]
    [InlineData(0, 0.04)]
    [InlineData(0.5, 0.04)]
    [InlineData(1, 0.05)]
    [InlineData(2, 0.08)]
    public void Wait_OneDevice_IsThatOfPollaczekAndKhinchine(double variation, double tolerance)
    {
        var report = Run(Plan(variation: variation), hours: 60);

        var expected = Load * (1 + (variation * variation)) / (2 * (1 - Load));
        Near(expected, report.Streams[0].Wait.Mean, tolerance);
        Near(Load, report.Pools[0].Utilisation, 0.02);
        Near(expected + 1, report.Streams[0].Latency.Mean, tolerance);
    }

    /// <summary>M/D/c: Erlang's wait for M/M/c with the factor of Cosmetatos (1975), good to about 2 %.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Wait_SeveralDevicesOfFixedTimes_IsThatOfCosmetatos(int devices)
    {
        const double load = 0.85;
        var plan = Plan(devices: devices, perSecond: load * devices);

        var wait = Run(plan, hours: 24).Streams[0].Wait.Mean;

        var factor = 0.5 * (1 + ((1 - load) * (devices - 1) * (Math.Sqrt(4 + (5 * devices)) - 2) / (16 * load * devices)));
        Near(factor * ErlangWait(devices, load), wait, 0.06);
    }

    /// <summary>Cobham 1954: one device, two classes, exponential passes, nobody is interrupted.</summary>
    [Fact]
    public void Wait_InteractiveBesideBatch_IsThatOfCobham()
    {
        var plan = Plan(variation: 1) with
        {
            Streams = [new StreamPlan("people", "p", ImagesPerHour: 0.3 * 3600), new StreamPlan("job", "p", RunPriority.Batch, ImagesPerHour: 0.4 * 3600)],
        };

        var report = Run(plan, hours: 60);

        Near(0.7 / (1 - 0.3), report.Streams[0].Wait.Mean, 0.06);
        Near(0.7 / ((1 - 0.3) * (1 - 0.7)), report.Streams[1].Wait.Mean, 0.06);
    }

    /// <summary>Runs of many steps take turns: processor sharing, whose mean time to the result does not depend on how the work is spread.</summary>
    [Fact]
    public void Latency_RunsOfManySteps_IsThatOfProcessorSharing()
    {
        const int steps = 40;
        var plan = Plan(seconds: 1.0 / steps, steps: steps);

        var report = Run(plan, hours: 8);

        Near(1 / (1 - Load), report.Streams[0].Latency.Mean, 0.06);
        Assert.True(report.Streams[0].Wait.Mean < 0.2, $"a newcomer waits {report.Streams[0].Wait.Mean} s for its first step");
    }

    [Fact]
    public void Throughput_MoreThanEnoughWork_IsThatOfFullPasses()
    {
        var plan = Plan(perSecond: 4, passes: [new PassTime(1, 1), new PassTime(4, 2)], cap: 4);

        var report = Run(plan, hours: 1);

        Near(2 * 3600, report.Pools[0].ImagesPerHour, 0.01);
        Near(4, report.Pools[0].RowsPerPass, 0.01);
        Near(1, report.Pools[0].Utilisation, 0.001);
        Assert.True(report.IsOverloaded);
    }

    /// <summary>People in a circle: their number is what is done in a second times (time to the result + time to think).</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void Sessions_AnyNumber_KeepLittlesLaw(int sessions)
    {
        var plan = Plan() with { Streams = [new StreamPlan("people", "p", Sessions: sessions, ThinkSeconds: 10)] };

        var report = Run(plan, hours: 10);

        Near(sessions, report.Pools[0].ImagesPerHour / 3600 * (report.Streams[0].Latency.Mean + 10), 0.03);
        Assert.False(report.IsOverloaded);
    }

    [Fact]
    public void Failures_DevicesThatComeBack_LoseStepsAndNoPicture()
    {
        var plan = Plan(devices: 4, seconds: 2, steps: 10, perSecond: 0.05) with { WarmUpSeconds = 0 };
        plan = plan with { Pools = [plan.Pools[0] with { HoursBetweenFailures = 1, RepairMinutes = 10, CostPerHour = 3 }] };

        var report = Run(plan, hours: 300);

        Near(60 / 70.0, report.Pools[0].Availability, 0.02);
        Assert.InRange(report.Pools[0].LostSteps, 1, report.Pools[0].Failures * 4L * 10);
        Assert.InRange(report.Streams[0].Arrived - report.Streams[0].Latency.Count, 0, 20);
        Near(4 * 3 * 1000 / report.Pools[0].ImagesPerHour, report.Pools[0].CostPerThousandImages!.Value, 1e-9);
    }

    [Fact]
    public void Load_ModelsThatDoNotFitTogether_AreLoadedByTurns()
    {
        SimulationReport With(int? resident)
        {
            var times = Plan().Pools[0].Pipelines[0] with { LoadSeconds = 2 };
            return Run(
                Plan() with
                {
                    Pipelines = [new PipelinePlan("p", 1), new PipelinePlan("q", 1)],
                    Pools = [new PoolPlan("d", 1, [times, times with { Pipeline = "q" }], ResidentModels: resident)],
                    Streams = [new StreamPlan("one", "p", ImagesPerHour: 180), new StreamPlan("two", "q", ImagesPerHour: 180)],
                },
                hours: 10);
        }

        var (both, one) = (With(null), With(1));

        Near(0.1, both.Pools[0].Utilisation, 0.1);
        // Every second request, at random, is for the other model.
        Near(0.1 * (1 + (2 * 0.5)), one.Pools[0].Utilisation, 0.1);
    }

    [Fact]
    public void HourlyLoad_HoursOfNothing_BringNothing()
    {
        var hours = Enumerable.Repeat(1.0, 12).Concat(Enumerable.Repeat(0.0, 12)).ToArray();
        var plan = Plan() with { Streams = [new StreamPlan("day", "p", ImagesPerHour: 1000, HourlyLoad: hours)], WarmUpSeconds = 0 };

        var report = Run(plan, hours: 24);

        Near(12_000, report.Streams[0].Arrived, 0.03);
        Assert.All(report.Moments.Where(moment => moment.Seconds > 12.5 * 3600), moment => Assert.Equal(0, moment.UnderWay));
    }

    [Fact]
    public void Arrivals_AsNoted_AreThose()
    {
        var plan = Plan() with { Streams = [new StreamPlan("log", "p", Arrivals: [0, 0.5, 10])], WarmUpSeconds = 0 };

        var report = Run(plan, hours: 1);

        Assert.Equal(3, report.Streams[0].Arrived);
        Near(0.5 / 3, report.Streams[0].Wait.Mean, 1e-9);
        Near(3.5 / 3, report.Streams[0].Latency.Mean, 1e-9);
    }

    [Fact]
    public void Run_SameSeed_IsTheSame()
    {
        string Lines(int seed) => string.Join('\n', SimulationWriter.LinesOf(Run(Plan(variation: 1) with { Seed = seed }, hours: 1)));

        Assert.Equal(Lines(5), Lines(5));
        Assert.NotEqual(Lines(5), Lines(6));
    }

    [Fact]
    public async Task Find_Wait_GivesTheFewestDevicesThatHoldIt()
    {
        var plan = Plan(perSecond: 10) with { DurationSeconds = 3600 };

        var found = await CapacitySearch.FindAsync(plan, "d", 0.5, TextWriter.Null, TestContext.Current.CancellationToken);

        var devices = found.Pools[0].Devices;
        Assert.InRange(devices, 11, 16);
        Assert.True(new Simulation(found).Run().Streams[0].Wait.P95 <= 0.5);
        Assert.True(new Simulation(plan.With("d", devices - 1)).Run().Streams[0].Wait.P95 > 0.5);
        await Assert.ThrowsAsync<ArgumentException>(() => CapacitySearch.FindAsync(plan, "none", 1, TextWriter.Null, TestContext.Current.CancellationToken));
    }

    private static CapacityPlan Plan(
        int devices = 1, double seconds = 1, int steps = 1, double perSecond = Load, double variation = 0, int cap = 1, PassTime[]? passes = null) => new(
        [new PipelinePlan("p", steps)],
        [new PoolPlan("d", devices, [new DeviceTimes("p", passes ?? [new PassTime(1, seconds)], cap, cap, Variation: variation)])],
        [new StreamPlan("s", "p", ImagesPerHour: perSecond * 3600)],
        HopSeconds: 0);

    private static SimulationReport Run(CapacityPlan plan, double hours) => new Simulation(plan with { DurationSeconds = hours * 3600 }).Run(TestContext.Current.CancellationToken);

    private static double ErlangWait(int servers, double load)
    {
        // Erlang's B by its recursion, then C; the mean wait of M/M/c with a mean time of 1 s.
        var offered = load * servers;
        var blocked = Enumerable.Range(1, servers).Aggregate(1.0, (b, n) => offered * b / (n + (offered * b)));
        return blocked / (1 - (load * (1 - blocked))) / (servers * (1 - load));
    }

    private static void Near(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * expected, $"{actual} instead of {expected}; allowed are {tolerance * 100} %");
}
