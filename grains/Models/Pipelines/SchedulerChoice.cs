using Darkroom.Models.Schedulers;
using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>The update rules that a pipeline offers. Each row of a batch goes by its own; what one has to remember more than another is zeros for that one, so that all rows have one shape.</summary>
/// <param name="kinds">The rules, the default first.</param>
/// <param name="config">The checkpoint's configuration for each.</param>
public sealed class SchedulerChoice(IReadOnlyList<SchedulerKind> kinds, Func<SchedulerKind, SchedulerConfig> config)
{
    private readonly SchedulerSet[] sets = [.. kinds.Select(kind => new SchedulerSet(config(kind)))];

    /// <summary>Gets the configuration of the default rule.</summary>
    public SchedulerConfig Default => sets[0].Config;

    /// <summary>Finds the rule that a run asks for.</summary>
    /// <returns>Its index.</returns>
    /// <exception cref="ArgumentException">It is not offered.</exception>
    public int KindOf(RunSettings settings) => SchedulerNames.Choose(settings.Scheduler, [.. kinds]);

    /// <summary>Gets the scheduler of a rule and a number of steps.</summary>
    /// <exception cref="ArgumentException">The rule cannot take so many steps.</exception>
    public Scheduler For(int kind, int steps) => sets[kind].For(steps);

    /// <summary>Makes the state that a row begins with.</summary>
    /// <param name="kind">The row's rule.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="noise">Standard normal, [1, C, ...].</param>
    /// <returns>[1, slots x C, ...]; the caller disposes it.</returns>
    public Tensor Start(int kind, int steps, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var scheduler = For(kind, steps);
        using var state = scheduler.Start(noise * scheduler.InitialNoiseSigma);
        return Pad(scheduler.Pack(state), noise.shape[1] * sets.Max(set => set.For(steps).HistorySlots + 1)).MoveToOuterDisposeScope();
    }

    /// <summary>The timestep of each row's step.</summary>
    /// <returns>[B] float32; the caller disposes it.</returns>
    public Tensor Timesteps(IReadOnlyList<int> rules, IReadOnlyList<StepContext> contexts, Device device) =>
        tensor(contexts.Select((row, i) => (float)For(rules[i], row.StepCount).Timesteps[row.Step]).ToArray(), device: device);

    /// <summary>The samples as the network wants to see them, each row by its rule and at its own step.</summary>
    /// <param name="states">[B, slots x C, ...].</param>
    /// <param name="channels">C.</param>
    /// <param name="rules">The rule of each row.</param>
    /// <param name="contexts">One a row.</param>
    /// <returns>[B, C, ...]; the caller disposes it.</returns>
    public Tensor ModelInput(Tensor states, long channels, IReadOnlyList<int> rules, IReadOnlyList<StepContext> contexts) => ForEachRow(contexts, row =>
    {
        using var packed = Cut(states, channels, rules, contexts, row);
        return sets[rules[row]].ModelInput(packed, [contexts[row]]);
    });

    /// <summary>Takes each row's own step.</summary>
    /// <param name="states">[B, slots x C, ...].</param>
    /// <param name="predictions">The network's answers, [B, C, ...].</param>
    /// <param name="rules">The rule of each row.</param>
    /// <param name="contexts">One a row.</param>
    /// <param name="noise">Makes a row's noise, where its step needs some.</param>
    /// <returns>The states after the step, shaped as before; the caller disposes them.</returns>
    public Tensor Step(Tensor states, Tensor predictions, IReadOnlyList<int> rules, IReadOnlyList<StepContext> contexts, Func<StepContext, Tensor> noise) => ForEachRow(contexts, row =>
    {
        using var packed = Cut(states, predictions.shape[1], rules, contexts, row);
        using var next = sets[rules[row]].Step(packed, predictions.narrow(0, row, 1), [contexts[row]], noise);
        return Pad(next, states.shape[1]);
    });

    private Tensor Cut(Tensor states, long channels, IReadOnlyList<int> rules, IReadOnlyList<StepContext> contexts, int row)
    {
        using var state = states.narrow(0, row, 1);
        return state.narrow(1, 0, (For(rules[row], contexts[row].StepCount).HistorySlots + 1) * channels);
    }

    private static Tensor Pad(Tensor packed, long channels)
    {
        var missing = channels - packed.shape[1];
        return missing == 0 ? packed.alias() : cat([packed, packed.new_zeros([packed.shape[0], missing, .. packed.shape[2..]])], 1);
    }

    private static Tensor ForEachRow(IReadOnlyList<StepContext> contexts, Func<int, Tensor> work)
    {
        using var scope = NewDisposeScope();
        return cat([.. Enumerable.Range(0, contexts.Count).Select(work)], 0).MoveToOuterDisposeScope();
    }
}
