using System.Collections.Concurrent;
using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>The schedulers of one configuration, one for each number of steps that runs ask for. Safe to use from several threads.</summary>
/// <param name="config">The configuration of the checkpoint.</param>
public sealed class SchedulerSet(SchedulerConfig config)
{
    private readonly ConcurrentDictionary<int, Scheduler> schedulers = new();

    /// <summary>Gets the configuration.</summary>
    public SchedulerConfig Config => config;

    /// <summary>Gets the scheduler of a number of steps.</summary>
    /// <exception cref="ArgumentException">The scheduler cannot take so many steps.</exception>
    public Scheduler For(int steps) => schedulers.GetOrAdd(steps, count => config.Create(count));

    /// <summary>The timestep of each row's step.</summary>
    /// <returns>[B] float32; the caller disposes it.</returns>
    public Tensor Timesteps(IReadOnlyList<StepContext> contexts, Device device) =>
        tensor(contexts.Select(row => (float)For(row.StepCount).Timesteps[row.Step]).ToArray(), device: device);

    /// <summary>The samples as the network wants to see them, each row at its own step.</summary>
    /// <param name="packed">States as <see cref="Scheduler.Pack"/> makes them, [B, ...].</param>
    /// <param name="contexts">One a row.</param>
    /// <returns>[B, C, h, w]; the caller disposes it.</returns>
    public Tensor ModelInput(Tensor packed, IReadOnlyList<StepContext> contexts) => ForEachRow(packed, contexts, (scheduler, state, _) => scheduler.ModelInput(state));

    /// <summary>Takes each row's own step.</summary>
    /// <param name="packed">States as <see cref="Scheduler.Pack"/> makes them, [B, ...].</param>
    /// <param name="predictions">The network's answers, [B, C, h, w].</param>
    /// <param name="contexts">One a row.</param>
    /// <param name="noise">Makes a row's noise, where its step needs some.</param>
    /// <returns>The states after the step, shaped as before; the caller disposes them.</returns>
    public Tensor Step(Tensor packed, Tensor predictions, IReadOnlyList<StepContext> contexts, Func<StepContext, Tensor> noise) =>
        ForEachRow(packed, contexts, (scheduler, state, row) =>
        {
            var context = contexts[row];
            using var next = scheduler.Step(state, predictions.narrow(0, row, 1), scheduler.NeedsNoise(context.Step) ? noise(context) : null);
            return scheduler.Pack(next);
        });

    private Tensor ForEachRow(Tensor packed, IReadOnlyList<StepContext> contexts, Func<Scheduler, SchedulerState, int, Tensor> work)
    {
        using var scope = NewDisposeScope();
        var rows = new List<Tensor>(contexts.Count);
        for (var row = 0; row < contexts.Count; row++)
        {
            var scheduler = For(contexts[row].StepCount);
            using var state = scheduler.Unpack(packed.narrow(0, row, 1), contexts[row].Step);
            rows.Add(work(scheduler, state, row));
        }

        return cat(rows, 0).MoveToOuterDisposeScope();
    }
}
