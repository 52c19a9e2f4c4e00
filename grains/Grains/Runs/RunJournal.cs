using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Darkroom.Grains.Runs;

/// <summary>Keeps what a run has done and tells of it. All that drive parts of the run share it, on the turns of the grain.</summary>
internal sealed partial class RunJournal(
    string runId, RunState state, Func<Task> write, RunFeed feed, RunBlobs blobs, RunOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(5);

    // Parts that are kept at the same time share a write.
    private readonly StateWriter writer = new(write);

    /// <summary>Gets how far the run is.</summary>
    public RunProgressMeter Meter { get; } = new(runId, state, time);

    /// <summary>Gets whether another activation drives the run: what is on devices is that one's.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Makes a name for a checkpoint; unique among activations too: two of them can count alike for a moment.</summary>
    public string NextName() => $"{RunBlobs.FolderOf(runId)}checkpoint-{state.CheckpointCount + 1}-{Guid.NewGuid():N}";

    /// <summary>Keeps a checkpoint, then deletes the one before it.</summary>
    /// <param name="previous">The one before it, or null.</param>
    /// <param name="next">The checkpoint, which the state has by now.</param>
    /// <param name="cancellationToken">Stops trying again.</param>
    public async Task KeepAsync(RunCheckpoint? previous, RunCheckpoint next, CancellationToken cancellationToken)
    {
        state.CheckpointCount++;
        await SaveAsync(cancellationToken);
        RunMetrics.Kept(state, time);
        if (previous is not null && previous.BlobName != next.BlobName && previous.BlobName != state.PartsBlob)
            await blobs.TryDeleteAsync(previous.BlobName);
    }

    /// <summary>Writes the state; what fails is tried again a few times.</summary>
    /// <param name="cancellationToken">Stops trying again.</param>
    /// <param name="most">How often it is tried, or null for as often as anything else.</param>
    /// <exception cref="StorageFailedException">It failed each time.</exception>
    /// <exception cref="InconsistentStateException">Another activation drives the run.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken, int? most = null)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await writer.SaveAsync();
                return;
            }
            catch (InconsistentStateException)
            {
                IsFenced = true;
                throw;
            }
#pragma warning disable CA1031 // Whatever the store throws: it is tried again.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogNotSaved(error, runId, tries);
                if (tries >= (most ?? options.MaxFailures))
                    throw new StorageFailedException($"The run's state could not be written {tries} times in a row: {error.Message}", error);
            }

            await DelayAsync(tries, cancellationToken);
        }
    }

    /// <summary>Tells where the run stands.</summary>
    public void Tell(RunStage stage)
    {
        state.Stage = stage;
        Tell();
    }

    /// <summary>Tells how far it is.</summary>
    public void Tell() => feed.Publish(Meter.Read());

    /// <summary>Waits before something is tried again.</summary>
    public Task DelayAsync(int tries, CancellationToken cancellationToken)
    {
        var delay = Math.Min(options.RetryDelay.TotalSeconds * Math.Pow(2, tries - 1), MaxRetryDelay.TotalSeconds);
        return Task.Delay(TimeSpan.FromSeconds(delay), time, cancellationToken);
    }

    [LoggerMessage(1103, LogLevel.Warning, "The state of run {RunId} could not be written, try {Tries}")]
    private partial void LogNotSaved(Exception error, string runId, int tries);
}
