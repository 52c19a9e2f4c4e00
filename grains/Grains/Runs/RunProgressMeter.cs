using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Grains.Runs;

/// <summary>Tells how far a run is.</summary>
internal sealed class RunProgressMeter(string runId, RunState state, TimeProvider time)
{
    // Shares of the whole, measured on a 12-megapixel picture: decoding and encoding take some seconds of a minute or more.
    private const double PreparedShare = 0.05;
    private const double SteppedShare = 0.95;

    // Of each part by its first tile: its finished tiles, and the steps of its next one.
    private readonly Dictionary<int, (int Tiles, int Step)> parts = [];
    private int step;

    /// <summary>Gets or sets the newest preview.</summary>
    public ImageRef? Preview { get; set; }

    /// <summary>Notes where a part of the run is.</summary>
    /// <param name="first">Its first tile; 0 for a run of one part.</param>
    /// <param name="tilesDone">How many of its tiles are done.</param>
    /// <param name="step">Steps done of its next tile.</param>
    /// <returns>Whether it got further.</returns>
    public bool At(int first, int tilesDone, int step)
    {
        var isFurther = (tilesDone, step).CompareTo(parts.GetValueOrDefault(first)) > 0;
        parts[first] = (tilesDone, step);
        this.step = step;
        return isFurther;
    }

    /// <summary>Forgets all parts: they are begun anew.</summary>
    public void Clear() => parts.Clear();

    /// <summary>Tells how far the run is now.</summary>
    public RunProgress Read() => new(
        runId, state.Stage, step, state.Steps, parts.Values.Sum(part => part.Tiles), state.Tiles, Fraction(), state.Elapsed(time.GetUtcNow()), state.Description, Preview);

    private double Fraction() => state.Stage switch
    {
        RunStage.Queued or RunStage.Preparing => 0,
        RunStage.Stepping when state.Tiles > 0 && state.Steps > 0 =>
            // Rounded up, the last step would lie a hair above what follows it.
            Math.Min(SteppedShare, PreparedShare + ((SteppedShare - PreparedShare) * parts.Values.Sum(part => ((double)part.Tiles * state.Steps) + part.Step) / ((double)state.Tiles * state.Steps))),
        RunStage.Stepping => PreparedShare,
        RunStage.Finishing => SteppedShare,
        _ => 1,
    };
}
