using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Writes the finished tiles of a run to the blob store, beside the work on the next ones.</summary>
/// <remarks>
/// A run that could as well begin again must not be held up for it: it waits for writes at most a fiftieth of its time, and when the store
/// falls behind by more than is held in memory, further tiles are not kept. One caller at a time.
/// </remarks>
/// <param name="blobs">Where they go.</param>
/// <param name="runId">The run.</param>
/// <param name="kept">Tiles before this one are in the store already.</param>
/// <param name="isRequired">Whether the run cannot go on without what is kept: then it waits as long as a write takes, and fails if it fails.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears when tiles are no longer kept.</param>
/// <param name="cancellationToken">Stops the writes.</param>
internal sealed partial class TileKeeper(
    RunBlobs blobs, string runId, int kept, bool isRequired, TimeProvider time, ILogger logger, CancellationToken cancellationToken) : IDisposable
{
    private const double MaxWaitShare = 0.02;

    // Half of it is written at the latest; a short run has written nothing until its end.
    private const long MaxPendingBytes = 64 << 20;

    private readonly long begun = time.GetTimestamp();
    private readonly Queue<Tensor> pending = new();
    private Task writing = Task.CompletedTask;
    private TimeSpan waited;
    private long pendingBytes;
    private int keptCount = kept;
    private bool hasGivenUp;

    /// <summary>Gets how many tiles are in the store, from the first one on without a gap.</summary>
    public int Kept => Volatile.Read(ref keptCount);

    // No more tiles are kept: the store was too slow, or failed, or the run has ended.
    private bool HasGivenUp
    {
        get => Volatile.Read(ref hasGivenUp);
        set => Volatile.Write(ref hasGivenUp, value);
    }

    /// <summary>Gets the blob name of a finished tile's latent.</summary>
    public static string NameOf(string runId, int tile) => $"{RunBlobs.FolderOf(runId)}tile-{tile}";

    /// <summary>Takes the latent of the next tile; the keeper disposes it.</summary>
    public async Task AddAsync(Tensor latent)
    {
        if (HasGivenUp)
        {
            latent.Dispose();
            return;
        }

        pending.Enqueue(latent);
        pendingBytes += SizeOf(latent);
        if (pendingBytes > MaxPendingBytes && !await WaitAsync(isRequired))
            GiveUp(null);
        else if (pendingBytes > MaxPendingBytes / 2 && writing.IsCompleted)
            await WriteAsync();
    }

    /// <summary>Writes what is not written yet, and waits for it as long as the run may be held up.</summary>
    /// <param name="mustEnd">Whether to wait to the end: the run is about to leave.</param>
    public async Task FlushAsync(bool mustEnd)
    {
        mustEnd |= isRequired;
        while (!HasGivenUp && !(writing.IsCompletedSuccessfully && pending.Count == 0))
        {
            if (!await WaitAsync(mustEnd))
                return;
            await WriteAsync();
        }
    }

    /// <summary>Writes no more; returns when nothing is being written.</summary>
    public async Task StopAsync()
    {
        Dispose();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Frees the latents that are not being written; nothing else is written afterwards.</summary>
    public void Dispose()
    {
        HasGivenUp = true;
        foreach (var latent in pending)
            latent.Dispose();
        pending.Clear();
    }

    // Begins to write all that waits, once the write before has ended.
    private async Task WriteAsync()
    {
        try
        {
            await writing;
        }
        catch (BlobStoreException error) when (!isRequired)
        {
            GiveUp(error);
        }

        if (pending.Count == 0)
            return;
        Tensor[] latents = [.. pending];
        pending.Clear();
        pendingBytes = 0;
        writing = Task.Run(() => WriteAllAsync(latents), CancellationToken.None);
    }

    private async Task WriteAllAsync(Tensor[] latents)
    {
        try
        {
            foreach (var latent in latents.TakeWhile(_ => !HasGivenUp))
            {
                await blobs.WriteAsync(NameOf(runId, Kept), latent, null, cancellationToken);
                Interlocked.Increment(ref keptCount);
            }
        }
        finally
        {
            foreach (var latent in latents)
                latent.Dispose();
        }
    }

    // False if the write goes on longer than the run may wait for it.
    private async Task<bool> WaitAsync(bool mustEnd)
    {
        if (writing.IsCompleted)
            return true;
        var start = time.GetTimestamp();
        var most = mustEnd ? Timeout.InfiniteTimeSpan : (MaxWaitShare * time.GetElapsedTime(begun, start)) - waited;
        if (!mustEnd && most <= TimeSpan.Zero)
            return false;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(writing, Task.Delay(most, time, timer.Token));
        await timer.CancelAsync();
        waited += time.GetElapsedTime(start);
        cancellationToken.ThrowIfCancellationRequested();
        return writing.IsCompleted;
    }

    private void GiveUp(Exception? error)
    {
        Dispose();
        LogGivenUp(error, runId, Kept, time.GetElapsedTime(begun).TotalSeconds);
    }

    private static long SizeOf(Tensor tensor) => tensor.numel() * tensor.ElementSize;

    [LoggerMessage(1032, LogLevel.Warning, "The blob store does not keep up with run {RunId}: {Kept} tiles are kept after {Seconds} s, and no more; what follows is done again if the silo is lost")]
    private partial void LogGivenUp(Exception? error, string runId, int kept, double seconds);
}
