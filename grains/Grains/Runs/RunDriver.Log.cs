using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Runs;

/// <summary>Event ids 1100 to 1199.</summary>
internal sealed partial class RunDriver
{
    [LoggerMessage(1100, LogLevel.Information, "Run {RunId} ended {Stage} with {Model} after {Milliseconds} ms, attempt {Attempt}")]
    private partial void LogEnded(string runId, RunStage stage, string? model, double milliseconds, int attempt);

    [LoggerMessage(1106, LogLevel.Information, "Run {RunId} goes to the pipeline '{Pipeline}': {Reason}")]
    private partial void LogRouted(string runId, string pipeline, string reason);

    [LoggerMessage(1104, LogLevel.Error, "The end of run {RunId} could not be kept: the blob store fails")]
    private partial void LogEndNotKept(Exception error, string runId);

    [LoggerMessage(1107, LogLevel.Information, "The {Tiles} tiles of run {RunId} are divided among {Parts} devices")]
    private partial void LogDivided(string runId, int tiles, int parts);

    [LoggerMessage(1108, LogLevel.Information, "Tiles {First} to {End} of run {RunId} have no device of their own and are done by the one that puts the result together")]
    private partial void LogTakenOver(string runId, int first, int end);
}
