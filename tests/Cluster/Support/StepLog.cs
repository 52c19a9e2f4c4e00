using System.Collections.Concurrent;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>A forward pass as the pipeline saw it.</summary>
internal sealed record TakenStep(string Silo, int BatchSize, ulong Seed, int Step, int Tile);

/// <summary>What the test pipelines of all silos did, and a place to stop them.</summary>
internal sealed class StepLog
{
    private int described;
    private int encoded;
    private int unloaded;

    public ConcurrentQueue<TakenStep> Steps { get; } = new();

    public ConcurrentQueue<string> LoadedOn { get; } = new();

    public ConcurrentQueue<Instruction> Instructions { get; } = new();

    public int EncodedCount => Volatile.Read(ref encoded);

    public int DescribedCount => Volatile.Read(ref described);

    public int UnloadedCount => Volatile.Read(ref unloaded);

    /// <summary>Gets or sets what to do on the device's thread before each forward pass.</summary>
    public Action<string, IReadOnlyList<StepContext>>? OnStep { get; set; }

    /// <summary>Gets or sets what to do on the device's thread before a run is prepared.</summary>
    public Action<string>? OnPrepare { get; set; }

    /// <summary>Gets or sets which rows come out as NaN.</summary>
    public Func<StepContext, bool>? GivesNan { get; set; }

    /// <summary>Gets or sets the bytes that each model is said to have.</summary>
    public long ModelBytes { get; set; }

    /// <summary>Gets or sets what to do when a model is loaded.</summary>
    public Action<string>? OnLoad { get; set; }

    /// <summary>Stops the first pass that a condition holds for, until the pause is ended.</summary>
    public Pause PauseAt(Func<StepContext, bool> condition)
    {
        var pause = new Pause();
        OnStep = (silo, rows) =>
        {
            if (!pause.IsReached && rows.Any(condition))
                pause.Hold(silo);
        };
        return pause;
    }

    public void Stepping(string silo, IReadOnlyList<StepContext> rows)
    {
        OnStep?.Invoke(silo, rows);
        foreach (var row in rows)
            Steps.Enqueue(new TakenStep(silo, rows.Count, row.Seed, row.Step, row.Tile));
    }

    public void Prepared(string silo, Instruction instruction)
    {
        OnPrepare?.Invoke(silo);
        Instructions.Enqueue(instruction);
    }

    public void Encoded() => Interlocked.Increment(ref encoded);

    public void Described() => Interlocked.Increment(ref described);

    public void Unloaded(string silo) => Interlocked.Increment(ref unloaded);
}

/// <summary>A device's thread that stands still.</summary>
internal sealed class Pause
{
    private readonly TaskCompletionSource<string> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReached => reached.Task.IsCompleted;

    /// <summary>Waits until a device stands still.</summary>
    /// <returns>The name of its silo.</returns>
    public Task<string> ReachedAsync() => reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Lets the thread go on.</summary>
    public void End() => ended.TrySetResult(true);

    /// <summary>Lets the thread go without its work: the silo is dead.</summary>
    public void Abandon() => ended.TrySetResult(false);

    public void Hold(string silo)
    {
        reached.TrySetResult(silo);
        if (!ended.Task.Wait(TimeSpan.FromMinutes(5)))
            throw new TimeoutException("The test did not end its pause within 5 minutes.");
        if (!ended.Task.GetAwaiter().GetResult())
            throw new OperationCanceledException($"The silo {silo} is dead.");
    }
}

/// <summary>Loads the test pipeline under the names <c>test</c> and <c>other</c>, and the one with noise under <c>noisy</c>.</summary>
internal sealed class TestPipelineLoader(StepLog log, string silo) : IPipelineLoader
{
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([NoisyPipeline.ModelName, "other", TestPipeline.ModelName]);

    public Task<long> EstimateBytesAsync(string model) => Task.FromResult(log.ModelBytes);

    public LoadedModel Load(string model, Device device)
    {
        log.OnLoad?.Invoke(silo);
        log.LoadedOn.Enqueue(silo);
        if (model == NoisyPipeline.ModelName)
            return new LoadedModel(new NoisyPipeline(log, silo), null, log.ModelBytes);
        return new LoadedModel(new TestPipeline(log, silo), model == "other" ? null : new TestDescriber(log), log.ModelBytes);
    }
}
