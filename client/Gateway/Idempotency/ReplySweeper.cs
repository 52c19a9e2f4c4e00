using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Idempotency;

/// <summary>Deletes answers whose keys are forgotten.</summary>
internal sealed partial class ReplySweeper(IBlobStore blobs, IOptions<GatewayOptions> options, TimeProvider time, ILogger<ReplySweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Deletes them once.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (oldest, count) = (time.GetUtcNow() - options.Value.ReplyLifetime, 0);
        await foreach (var reply in blobs.ListAsync(OnceOnly.Folder, cancellationToken))
        {
            if (reply.LastModified < oldest && await TryDeleteAsync(reply, cancellationToken))
                count++;
        }

        return count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (BlobStoreException error)
            {
                LogFailed(error);
            }
        }
    }

    // One that was written anew meanwhile stays.
    private async Task<bool> TryDeleteAsync(BlobProperties reply, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.DeleteAsync(reply.Name, reply.ETag, cancellationToken);
        }
        catch (BlobConflictException)
        {
            return false;
        }
    }

    [LoggerMessage(1620, LogLevel.Warning, "Old answers could not be deleted; trying again in an hour")]
    private partial void LogFailed(Exception error);
}
