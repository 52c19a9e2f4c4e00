using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Imaging;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Bench.Pipelines;

/// <summary>How long the stages of a run took, and what it had in memory.</summary>
/// <param name="Prepare">Words and what the whole picture says, and the first latent of the tile (s).</param>
/// <param name="Steps">Each step (s).</param>
/// <param name="Finish">From the last latent to pixels (s).</param>
/// <param name="PeakBytes">The most that the process had resident since the stages began.</param>
internal sealed record StagedRun(double Prepare, Samples Steps, double Finish, long PeakBytes)
{
    /// <summary>Gets what each stage takes of the run.</summary>
    public string Shares
    {
        get
        {
            var steps = Steps.Seconds.Sum();
            var whole = Prepare + steps + Finish;
            return string.Create(CultureInfo.InvariantCulture,
                $"prepare {Prepare / whole:P1} ({Samples.Format(Prepare)}), steps {steps / whole:P1} ({Samples.Format(steps)}), finish {Finish / whole:P1} ({Samples.Format(Finish)})");
        }
    }

    /// <summary>Runs one tile through a pipeline, as a silo's executor does.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="picture">The tile, which is the whole picture.</param>
    /// <param name="words">The instruction.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static StagedRun Measure(IRestorationPipeline pipeline, PlanarImage picture, string words, RunSettings settings, CancellationToken cancellationToken)
    {
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        var pixels = tensor(picture.ReadTile(0, 0, picture.Width, picture.Height)).view(1, 3, picture.Height, picture.Width);
        ProcessMemory.ResetPeak();
        var start = Stopwatch.GetTimestamp();
        using var conditioning = pipeline.Prepare(pixels, new Instruction(InstructionKind.Refine, words), settings);
        var count = pipeline.CountSteps(settings, conditioning);
        var context = new StepContext(conditioning, 0, count, settings.Seed, 0);
        var latent = pipeline.Encode(pixels, context);
        var prepare = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var steps = new double[count];
        for (var step = 0; step < count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            start = Stopwatch.GetTimestamp();
            var next = pipeline.Step(latent, [context with { Step = step }]);
            latent.Dispose();
            latent = next;
            steps[step] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        start = Stopwatch.GetTimestamp();
        var result = pipeline.Finish(latent);
        var finish = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!isfinite(result).all().item<bool>() || result.shape[2] != picture.Height || result.shape[3] != picture.Width)
            throw new InvalidOperationException($"{pipeline.Profile.Name} gave [{string.Join(", ", result.shape)}] with values that are no numbers; {picture.Width} x {picture.Height} pixels were asked for.");
        return new StagedRun(prepare, new Samples(steps), finish, ProcessMemory.Peak);
    }
}
