using System.Collections.Concurrent;
using Darkroom.Grains.Devices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Supervision;

/// <summary>Hands a silo's runs over when the silo is told to stop: those driven here, and those whose device is here.</summary>
/// <remarks>
/// Each stops at its next step and writes a checkpoint there, so that nothing is repeated. It then goes on where the
/// supervisor wakes it, or where its driver, if that is on another silo, finds a device.
/// </remarks>
internal sealed partial class SiloDrain(RunService devices, IOptions<SupervisorOptions> options, TimeProvider time, ILogger<SiloDrain> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource leaving = new();
    private readonly CancellationTokenSource gone = new();
    private readonly ConcurrentDictionary<Task, string> driven = new();
    private bool isDisposed;

    /// <summary>Gets what is cancelled when the silo begins to stop; runs may ask for it when the silo is gone already.</summary>
    public CancellationToken Leaving { get; private set; }

    /// <summary>Gets what is cancelled when the silo ends at once: what it drives stays as it is for whoever takes it up.</summary>
    public CancellationToken Gone { get; private set; }

    /// <summary>Waits for the driver of a run when the silo stops.</summary>
    public void Track(string runId, Task driving)
    {
        driven.TryAdd(driving, runId);
        driving.ContinueWith(task => driven.TryRemove(task, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        (Leaving, Gone) = (leaving.Token, gone.Token);
        lifecycle.Subscribe(nameof(SiloDrain), ServiceLifecycleStage.Active, _ => Task.CompletedTask, DrainAsync);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It is registered as itself and as a part of the lifecycle, and disposed as both.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        gone.Cancel();
        gone.Dispose();
        leaving.Dispose();
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        // Told to end at once: whatever is under way goes on from its checkpoints.
        if (cancellationToken.IsCancellationRequested)
        {
            await gone.CancelAsync();
            return;
        }

        var start = time.GetTimestamp();
        var count = driven.Count;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.DrainTimeout);
        // Devices first: a driver that hears of it finds its run yielding already.
        var sending = devices.DrainAsync(limit.Token);
        await leaving.CancelAsync();
        try
        {
            await Task.WhenAll([sending, .. driven.Keys.Select(Quietly)]).WaitAsync(limit.Token);
            LogDrained(count, time.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            LogNotDrained(driven.Count, time.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    // How a run ended is told by its grain.
    private static async Task Quietly(Task driving) => await driving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(1430, LogLevel.Information, "The silo handed its work over in {Milliseconds} ms; it drove {Count} runs")]
    private partial void LogDrained(int count, double milliseconds);

    [LoggerMessage(1431, LogLevel.Warning, "The silo stops after {Milliseconds} ms with {Count} runs not handed over: they go on from their checkpoints")]
    private partial void LogNotDrained(int count, double milliseconds);
}
