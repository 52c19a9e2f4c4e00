using Darkroom.Cli.CommandLine;
using Darkroom.Client;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Clusters;

/// <summary>Fetches what a run made, or says why there is nothing.</summary>
internal static class RunResult
{
    /// <summary>Fetches the picture's file.</summary>
    /// <exception cref="InputException">The run failed of the picture, the words, the settings or the checkpoint.</exception>
    /// <exception cref="InvalidOperationException">The run failed of something else.</exception>
    public static async Task<byte[]> DownloadAsync(ICluster cluster, Restoration restoration, CancellationToken cancellationToken)
    {
        var image = Require(restoration.Run, restoration.Reply.Answer).Result!;
        using var buffer = new MemoryStream(checked((int)image.SizeBytes));
        await cluster.DownloadAsync(image, buffer, cancellationToken);
        return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
    }

    /// <summary>Tells what the pipeline made of the words (MGIE's expressive instruction), where that is something else.</summary>
    /// <param name="run">How the run ended.</param>
    /// <param name="message">What the session was told.</param>
    public static string? Meant(RunStatus run, string message) => run.Instruction is { Length: > 0 } text
        && !message.Contains(text, StringComparison.Ordinal) && !text.StartsWith(run.Description ?? message, StringComparison.Ordinal) ? text : null;

    /// <summary>Checks that a run completed.</summary>
    /// <param name="run">How it ended, or null if none was started.</param>
    /// <param name="answer">What the session answered.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="InputException">The run failed of the picture, the words, the settings or the checkpoint, or none was started.</exception>
    /// <exception cref="CommandException">Somebody cancelled the run.</exception>
    /// <exception cref="InvalidOperationException">The run failed of something else.</exception>
    public static RunStatus Require(RunStatus? run, string answer) => run switch
    {
        null => throw new InputException($"Nothing was restored: {answer}"),
        { Stage: RunStage.Completed, Result: not null } done => done,
        { Stage: RunStage.Cancelled } => throw new CommandException("The run was cancelled by somebody else.", ExitCode.Partly),
        { Error: { Code: RunErrorCode.InvalidImage or RunErrorCode.InvalidRequest or RunErrorCode.ModelNotFound } error } => throw new InputException(error.Message),
        { Error: { Code: RunErrorCode.NoDevice } error } => throw new CommandException(error.Message, ExitCode.Busy),
        var failed => throw new InvalidOperationException(failed.Error is { } error ? $"{error.Code}: {error.Message}" : $"The run ended as {failed.Stage} without a picture."),
    };
}
