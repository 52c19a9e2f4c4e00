using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Darkroom.Grains.Sessions;

/// <summary>Starts a session's run and follows it to its end, whatever silo dies on the way. Lives on the session's turns.</summary>
internal sealed partial class RunFollower(IGrainBase session, Func<RunStatus, Task> end, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MaxQuotaDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private Task following = Task.CompletedTask;

    /// <summary>Follows a run from now on.</summary>
    /// <returns>Ends when the run has been started, or after a while if that does not succeed: starting it is tried again and again.</returns>
    public async Task FollowAsync(IRunGrain run, RunRequest request)
    {
        var started = new TaskCompletionSource();
        following = FollowAsync(run, request, started);
        await Task.WhenAny(started.Task, following, Task.Delay(StartTimeout, time, stop.Token));
    }

    /// <summary>Asks once where the run stands, and ends it here if it has ended there.</summary>
    /// <remarks>A run that does not answer soon is left to <see cref="FollowAsync(IRunGrain, RunRequest)"/>: the user's question goes on with what is known.</remarks>
    public async Task SettleAsync(IRunGrain run, RunRequest request)
    {
        try
        {
            var status = await run.StartAsync(request, stop.Token).WaitAsync(SettleTimeout, time, stop.Token);
            if (status.HasEnded)
                await end(status);
        }
        catch (Exception error) when (error is TimeoutException or OrleansMessageRejectionException or QuotaExceededException or StorageFailedException)
        {
            LogNotSettled(error);
        }
    }

    /// <summary>Cancels a run, if it can be reached; else it ends by itself.</summary>
    public async Task CancelAsync(IRunGrain run)
    {
        try
        {
            await run.CancelAsync(CancellationToken.None).WaitAsync(StartTimeout, time);
        }
        catch (RunNotFoundException)
        {
            // It was not started yet, and now it never is.
        }
        catch (Exception error) when (error is TimeoutException or OrleansMessageRejectionException or StorageFailedException)
        {
            LogNotCancelled(error);
        }
    }

    /// <summary>Follows no longer; the run goes on.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private async Task FollowAsync(IRunGrain run, RunRequest request, TaskCompletionSource started)
    {
        using var keepAlive = session.RegisterGrainTimer(
            () => Task.CompletedTask,
            new GrainTimerCreationOptions { DueTime = KeepAlivePeriod, Period = KeepAlivePeriod, KeepAlive = true, Interleave = true });
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Starting again what is under way changes nothing, and takes up what has lost its silo.
                var status = await run.StartAsync(request, stop.Token).WaitAsync(stop.Token);
                started.TrySetResult();
                if (!status.HasEnded)
                {
                    await foreach (var _ in run.WatchAsync(stop.Token).WithCancellation(stop.Token))
                    {
                        // Only its end counts here; clients watch the run itself.
                    }

                    continue;
                }

                await end(status);
                return;
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (RunConflictException error)
            {
                LogLost(error);
                return;
            }
#pragma warning disable CA1031 // A silo that dies, a store that fails: whatever it is, the run must be followed to its end.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogAgain(error);
                // A turn that was taken is done, however long its tenant has no place for it.
                var delay = error is QuotaExceededException quota && quota.RetryAfter < MaxQuotaDelay ? quota.RetryAfter : error is QuotaExceededException ? MaxQuotaDelay : RetryDelay;
                await Task.Delay(delay, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(1200, LogLevel.Warning, "A run could not be followed; trying again")]
    private partial void LogAgain(Exception error);

    [LoggerMessage(1201, LogLevel.Error, "A run cannot be followed: its id belongs to another request")]
    private partial void LogLost(Exception error);

    [LoggerMessage(1203, LogLevel.Warning, "The run of a session that is deleted could not be cancelled")]
    private partial void LogNotCancelled(Exception error);

    [LoggerMessage(1202, LogLevel.Warning, "A run did not say where it stands in time")]
    private partial void LogNotSettled(Exception error);
}
