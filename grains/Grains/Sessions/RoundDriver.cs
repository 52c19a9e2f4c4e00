using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Supervision;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Darkroom.Grains.Sessions;

/// <summary>Drives rounds: describes the last result, and begins the next round or ends them. Lives on the session's turns.</summary>
/// <remarks>
/// VLM-IMI's iterative instructions (Sun et al. 2025, section 3.3, Algorithm 2): nobody can describe what the dark picture would show in
/// good light, but the enhanced one can be described. Each step is written before the next begins, so whoever activates the session goes on.
/// </remarks>
internal sealed partial class RoundDriver(
    IGrainBase session, SessionKey key, SessionHistory history, SessionJournal journal, PictureLooker looker, SessionState state,
    UnfinishedRegister register, Func<string, RunRequest, Task> follow, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxLooks = 8;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan KeepAlivePeriod = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private Task going = Task.CompletedTask;

    /// <summary>Enters the session as unfinished, so that rounds go on when its silo dies and nobody asks.</summary>
    /// <exception cref="StorageFailedException">The store failed.</exception>
    public Task EnterAsync(CancellationToken cancellationToken) => register.AddAsync(WorkKind.Session, key.ToString(), cancellationToken);

    /// <summary>Begins the next round if one is due; returns at once.</summary>
    public void Continue()
    {
        if (history.Waiting is not null && going.IsCompleted)
            going = GoAsync();
        else if (history.Rounds is null && going.IsCompleted)
            going = register.TryRemoveAsync(WorkKind.Session, key.ToString());
    }

    /// <summary>Stops; what is due is begun by the next activation.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await going.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private async Task GoAsync()
    {
        using var keepAlive = session.RegisterGrainTimer(
            () => Task.CompletedTask,
            new GrainTimerCreationOptions { DueTime = KeepAlivePeriod, Period = KeepAlivePeriod, KeepAlive = true, Interleave = true });
        for (var looks = 1; !stop.IsCancellationRequested && history.Waiting is { } series; looks++)
        {
            try
            {
                var look = await looker.SeeAsync(state, history.Tree.Require(series.LastId).Image!, key.Tenant, stop.Token);
                if (history.Waiting != series)
                    return;                                                     // cancelled or deleted meanwhile
                if (look.Description is { } seen)
                    await NextAsync(series, seen.Text);
                else if (look.Reason != Dialogue.CannotLook || looks == MaxLooks)
                    await EndAsync(SessionEventKind.RoundsEnded, $"The result of a round cannot be described, so there is no further one: {look.Reason}");
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (DarkroomException error) when (error is not StorageFailedException)
            {
                await EndAsync(SessionEventKind.RoundsEnded, error.Message);
            }
#pragma warning disable CA1031 // A silo that dies, a store that fails: whatever it is, the rounds go on, here or in the next activation.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogAgain(error, key.Session);
                await Task.Delay(RetryDelay, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task NextAsync(RoundSeries series, string seen)
    {
        // Angle brackets would look like a command of the dialogue.
        var words = seen.Replace('<', '(').Replace('>', ')').Trim();
        if (words == series.Before)
        {
            await EndAsync(SessionEventKind.RoundsSettled, Dialogue.RoundsSettled(series.Done));
            return;
        }

        var (runId, run) = (RunKey.Create(key.Tenant, Guid.NewGuid().ToString("N")).ToString(), history.NextRound(series, words));
        history.StartRound(series, runId, run);
        var upTo = await journal.KeepAsync();
        // A tenant without a place makes the round wait, and does not end it.
        await follow(runId, run);
        await journal.TellAsync(upTo);
    }

    private async Task EndAsync(SessionEventKind kind, string answer)
    {
        history.EndRounds(kind, answer);
        await journal.SaveAsync();
        await register.TryRemoveAsync(WorkKind.Session, key.ToString());
    }

    [LoggerMessage(1220, LogLevel.Warning, "The next round of session {Session} could not begin; trying again")]
    private partial void LogAgain(Exception error, string session);
}
