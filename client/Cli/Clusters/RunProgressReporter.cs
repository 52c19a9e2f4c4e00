using System.Globalization;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Clusters;

/// <summary>Says in words where a run stands. Not <see cref="Progress{T}"/>, whose reports may come out of order.</summary>
internal sealed class RunProgressReporter(IProgressView view) : IProgress<RunProgress>
{
    /// <inheritdoc/>
    public void Report(RunProgress value) => view.Show(value.Fraction, Describe(value));

    private static string Describe(RunProgress progress) => progress.Stage switch
    {
        RunStage.Queued => "waiting for a device",
        RunStage.Preparing => "looking at the picture",
        RunStage.Stepping when progress.TileCount > 1 =>
            string.Create(CultureInfo.InvariantCulture, $"restoring, tile {Math.Min(progress.Tile + 1, progress.TileCount)} of {progress.TileCount}"),
        RunStage.Stepping => "restoring",
        RunStage.Finishing => "putting the picture together",
        RunStage.Completed => "done",
        RunStage.Failed => "failed",
        _ => "cancelled",
    };
}
