using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Jobs;

/// <summary>Event ids 1300 to 1319.</summary>
internal sealed partial class JobDriver
{
    [LoggerMessage(1300, LogLevel.Information, "Job {JobId} has {Total} pictures")]
    private partial void LogListed(string jobId, int total);

    [LoggerMessage(1301, LogLevel.Information, "Job {JobId} ended {Stage}: {Completed} restored, {Quarantined} quarantined, {Cancelled} cancelled, after {Milliseconds} ms, attempt {Attempt}")]
    private partial void LogEnded(string jobId, JobStage stage, int completed, int quarantined, int cancelled, double milliseconds, int attempt);

    [LoggerMessage(1302, LogLevel.Warning, "Job {JobId} quarantined picture {Index} after {Attempts} attempts: {Code}, {Reason}")]
    private partial void LogQuarantined(string jobId, int index, int attempts, RunErrorCode code, string reason);

    [LoggerMessage(1303, LogLevel.Information, "Job {JobId} tries picture {Index} again after attempt {Attempt}: {Code}, {Reason}")]
    private partial void LogAgain(string jobId, int index, int attempt, RunErrorCode code, string reason);

    [LoggerMessage(1304, LogLevel.Warning, "The blob store failed for job {JobId}, try {Tries}")]
    private partial void LogStorage(Exception error, string jobId, int tries);
}
