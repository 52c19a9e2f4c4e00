using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Tells how far a run is.</summary>
internal sealed class RunProgressMeter(string runId, RunState state, TimeProvider time)
{
    // Shares of the whole, measured on a 12-megapixel picture: decoding and encoding take some seconds of a minute or more.
    private const double PreparedShare = 0.05;
    private const double SteppedShare = 0.95;

    private int tilesDone;
    private int step;

    /// <summary>Gets or sets the newest preview.</summary>
    public ImageRef? Preview { get; set; }

    /// <summary>Notes where the run is.</summary>
    /// <returns>Whether it got further.</returns>
    public bool At(int tilesDone, int step)
    {
        var isFurther = (tilesDone, step).CompareTo((this.tilesDone, this.step)) > 0;
        (this.tilesDone, this.step) = (tilesDone, step);
        return isFurther;
    }

    /// <summary>Tells how far the run is now.</summary>
    public RunProgress Read() => new(
        runId, state.Stage, step, state.Steps, tilesDone, state.Tiles, Fraction(), state.Elapsed(time.GetUtcNow()), state.Description, Preview);

    private double Fraction() => state.Stage switch
    {
        RunStage.Queued or RunStage.Preparing => 0,
        RunStage.Stepping when state.Tiles > 0 && state.Steps > 0 =>
            // Rounded up, the last step would lie a hair above what follows it.
            Math.Min(SteppedShare, PreparedShare + ((SteppedShare - PreparedShare) * ((tilesDone * state.Steps) + step) / ((double)state.Tiles * state.Steps))),
        RunStage.Stepping => PreparedShare,
        RunStage.Finishing => SteppedShare,
        _ => 1,
    };
}
