using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Microsoft.Extensions.Logging;

namespace Darkroom.Grains.Runs;

/// <summary>Event ids 1100 to 1199.</summary>
internal sealed partial class RunDriver
{
    [LoggerMessage(1100, LogLevel.Information, "Run {RunId} ended {Stage} with {Model} after {Milliseconds} ms, attempt {Attempt}")]
    private partial void LogEnded(string runId, RunStage stage, string? model, double milliseconds, int attempt);

    [LoggerMessage(1101, LogLevel.Warning, "Run {RunId} failed on {Device}: {Effect}")]
    private partial void LogFailed(Exception error, string runId, string? device, FailureEffect effect);

    [LoggerMessage(1102, LogLevel.Information, "Run {RunId} was turned away by {Device}: {Outcome}")]
    private partial void LogTurnedAway(string runId, string device, DeviceOutcome outcome);

    [LoggerMessage(1103, LogLevel.Warning, "The state of run {RunId} could not be written, try {Tries}")]
    private partial void LogNotSaved(Exception error, string runId, int tries);

    [LoggerMessage(1105, LogLevel.Debug, "The device could not be told that run {RunId} is over")]
    private partial void LogNotReleased(Exception error, string runId);

    [LoggerMessage(1104, LogLevel.Error, "The end of run {RunId} could not be kept: the blob store fails")]
    private partial void LogEndNotKept(Exception error, string runId);
}
