using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Darkroom.Grains.Jobs;

/// <summary>How an attempt at a picture ended: with a result or an error.</summary>
/// <param name="Result">The restored picture.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="IsFinal">Whether another attempt would give the same error.</param>
/// <param name="Route">Which pipeline was chosen, if one was.</param>
internal readonly record struct JobAttempt(ImageRef? Result, RunError? Error, bool IsFinal, RunRoute? Route = null);

/// <summary>Takes one picture of a job through one attempt. Lives on the job's turns.</summary>
internal sealed partial class JobItemRunner(
    JobKey job, JobRequest request, IGrainFactory grains, JobSources sources, JobOptions options, TimeProvider time, ILogger logger)
{
    private const int CancelTries = 5;
    private static readonly TimeSpan MaxQuotaDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallDelay = TimeSpan.FromSeconds(0.25);

    /// <summary>Makes an attempt.</summary>
    /// <param name="item">The picture.</param>
    /// <param name="keep">Writes the job's state.</param>
    /// <param name="cancellationToken">Stops following the run; it goes on.</param>
    public async Task<JobAttempt> TryAsync(JobWorkItem item, Func<Task> keep, CancellationToken cancellationToken)
    {
        using var span = JobTrace.Begin(job, item);
        try
        {
            if (item.Source is null)
            {
                item.Source = await sources.ReadAsync(job.Tenant, item.Item, cancellationToken);
                // Whoever takes the job up must ask for the same run, whatever the blob holds by then.
                if (item.Item.Hash is null)
                    await keep();
            }

            item.RunId = job.RunOf(item.Index, item.Attempt).ToString();
            var run = new RunRequest(item.Source, request.Kind, request.Words, null, request.Settings, request.Model, RunPriority.Batch, request.Pipeline);
            return ToAttempt(await FollowAsync(grains.GetGrain<IRunGrain>(item.RunId), run, cancellationToken));
        }
        catch (InvalidImageException error)
        {
            return new JobAttempt(null, new RunError(RunErrorCode.InvalidImage, error.Message), IsFinal: true);
        }
        catch (InvalidRequestException error)
        {
            return new JobAttempt(null, new RunError(RunErrorCode.InvalidRequest, error.Message), IsFinal: true);
        }
        catch (Exception error) when (error is StorageFailedException or BlobStoreException)
        {
            return new JobAttempt(null, new RunError(RunErrorCode.Storage, error.Message), IsFinal: false);
        }
        catch (Exception error) when (error is not InconsistentStateException && !cancellationToken.IsCancellationRequested)
        {
            // One picture must not stop the others, whatever it does to its reader.
            LogUnforeseen(error, item.Index, job.ToString());
            return new JobAttempt(null, new RunError(RunErrorCode.Device, error.Message), IsFinal: false);
        }
    }

    /// <summary>Cancels the run of a picture.</summary>
    /// <returns>The result if the run was faster, or null.</returns>
    public async Task<ImageRef?> CancelAsync(JobWorkItem item)
    {
        // Whoever drove the job before may have started the run without keeping that it did.
        var runId = job.RunOf(item.Index, item.Attempt).ToString();
        for (var tries = 1; ; tries++)
        {
            try
            {
                var status = await grains.GetGrain<IRunGrain>(runId).CancelAsync(CancellationToken.None);
                item.RunId = runId;
                return status.Result;
            }
            catch (RunNotFoundException)
            {
                return null;
            }
#pragma warning disable CA1031 // A run that cannot be reached ends by itself; its result is not asked for any more.
            catch (Exception error)
#pragma warning restore CA1031
            {
                LogAgain(error, runId);
                if (tries == CancelTries)
                    return null;
            }

            await Task.Delay(CallDelay, time);
        }
    }

    private static JobAttempt ToAttempt(RunStatus status) => status switch
    {
        { Stage: RunStage.Completed } => new JobAttempt(status.Result, null, IsFinal: true, status.Route),
        { Error: { } error } => new JobAttempt(null, error, error.Code is RunErrorCode.InvalidImage or RunErrorCode.InvalidRequest, status.Route),
        _ => new JobAttempt(null, new RunError(RunErrorCode.InvalidRequest, "The run was cancelled, but not by the job."), IsFinal: true),
    };

    private async Task<RunStatus> FollowAsync(IRunGrain run, RunRequest wanted, CancellationToken cancellationToken)
    {
        var reached = time.GetTimestamp();
        while (true)
        {
            try
            {
                // Starting again what is under way or done changes nothing, and takes up what has lost its silo.
                var status = await run.StartAsync(wanted, cancellationToken).WaitAsync(cancellationToken);
                if (status.HasEnded)
                    return status;
                await foreach (var _ in run.WatchAsync(cancellationToken).WithCancellation(cancellationToken))
                    reached = time.GetTimestamp();
            }
            catch (RunConflictException error)
            {
                // Somebody used the name: the next attempt has another.
                return Unreachable(error);
            }
            catch (QuotaExceededException error)
            {
                // No fault of the picture: it waits for its tenant's turn, as long as it takes.
                LogNoPlace(run.GetPrimaryKeyString(), error.Message, error.RetryAfter);
                reached = time.GetTimestamp();
                await Task.Delay(error.RetryAfter < MaxQuotaDelay ? error.RetryAfter : MaxQuotaDelay, time, cancellationToken);
            }
            catch (Exception error) when (error is not (InvalidRequestException or InvalidImageException) && !cancellationToken.IsCancellationRequested)
            {
                LogAgain(error, job.ToString());
                if (time.GetElapsedTime(reached) > options.RunTimeout)
                    return Unreachable(error);
                await Task.Delay(CallDelay, time, cancellationToken);
            }
        }
    }

    private RunStatus Unreachable(Exception error) => new(
        string.Empty, RunStage.Failed, null, new RunError(RunErrorCode.NoDevice, $"The run could not be followed ({JobOptions.SectionName}:{nameof(JobOptions.RunTimeout)} is {options.RunTimeout}): {error.Message}"),
        null, null, null, null, 0, 0, 0, TimeSpan.Zero);

    [LoggerMessage(1320, LogLevel.Warning, "A call for {Id} failed; trying again")]
    private partial void LogAgain(Exception error, string id);

    [LoggerMessage(1322, LogLevel.Information, "{RunId} waits for a place: {Reason} Trying again in {RetryAfter}")]
    private partial void LogNoPlace(string runId, string reason, TimeSpan retryAfter);

    [LoggerMessage(1321, LogLevel.Error, "Picture {Index} of job {JobId} failed in a way that is not foreseen")]
    private partial void LogUnforeseen(Exception error, int index, string jobId);
}
