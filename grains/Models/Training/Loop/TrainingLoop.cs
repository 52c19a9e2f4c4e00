using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>The one loop that every training goes through: passes, clipping, optimizer, learning rate, averaged weights, reports and checkpoints.</summary>
/// <remarks>
/// A training that was interrupted and resumed ends with the bits of one that was not, on the same machine with the same number of threads:
/// weights, averages and optimizer are stored as they are, and everything random follows from the seed and the step (<see cref="TrainingDraw"/>).
/// </remarks>
public sealed class TrainingLoop : IDisposable
{
    private readonly ITrainingRecipe recipe;
    private readonly TrainingOptions options;
    private readonly string statePath;
    private readonly string pictures;
    private readonly TimeProvider time;
    private readonly List<PartState> parts = [];
    private readonly Dictionary<string, double> sums = new(StringComparer.Ordinal);
    private int summed;
    private double largestNorm;
    private TimeSpan before;

    /// <summary>Makes a loop that begins at the first step.</summary>
    /// <param name="recipe">What is trained; not disposed.</param>
    /// <param name="options">How.</param>
    /// <param name="statePath">The file that the training can be resumed from; its folder is made.</param>
    /// <param name="pictures">What identifies the pictures, so that no training is resumed with others.</param>
    /// <param name="time">The clock.</param>
    public TrainingLoop(ITrainingRecipe recipe, TrainingOptions options, string statePath, string pictures, TimeProvider time)
    {
        options.Validate();
        (this.recipe, this.options, this.statePath, this.pictures, this.time) = (recipe, options, statePath, pictures, time);
        try
        {
            parts.AddRange(recipe.Parts.Select(part => new PartState(part, options)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the optimizer steps done.</summary>
    public int Step { get; private set; }

    /// <summary>Goes on from the file.</summary>
    /// <exception cref="ArgumentException">There is none, or it is of another training.</exception>
    /// <exception cref="Darkroom.Models.Checkpoints.InvalidCheckpointException">It is damaged, or of other networks.</exception>
    public void Resume() => (Step, before, _, _) = TrainingStateFile.Read(statePath, parts, options, pictures);

    /// <summary>Trains until the steps or the minutes are done.</summary>
    /// <param name="report">Told every <see cref="TrainingOptions.ReportSteps"/> steps and at the end.</param>
    /// <param name="cancellationToken">Ends the training before the next step; a checkpoint is written first.</param>
    /// <returns>Whether the training is done; false when it was cancelled.</returns>
    /// <exception cref="TrainingDivergedException">A loss or gradient is not finite.</exception>
    public bool Run(Action<TrainingReport> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(statePath))!);
        if (Step == 0)
            recipe.Begin();
        var (start, firstStep, saved) = (time.GetTimestamp(), Step, -1);
        while (true)
        {
            var elapsed = before + time.GetElapsedTime(start);
            var isDone = Step >= options.Steps || (options.Minutes > 0 && elapsed.TotalMinutes >= options.Minutes);
            if (isDone || cancellationToken.IsCancellationRequested)
            {
                if (summed > 0)
                    report(Report(elapsed, firstStep, start));
                if (saved != Step)
                    Save(elapsed);
                return isDone;
            }

            var fraction = Fraction(Step + 1, elapsed);
            var rate = LearningRates.At(options, Step + 1, fraction);
            foreach (var part in parts)
                Learn(part, rate, fraction);
            Step++;
            // Early on the average must not hang on to the weights of the start.
            var decay = Math.Min(options.AveragingDecay, (1.0 + Step) / (10 + Step));
            foreach (var part in parts)
                part.Average?.Update(decay);

            elapsed = before + time.GetElapsedTime(start);
            summed++;
            if (Step % options.ReportSteps == 0)
                report(Report(elapsed, firstStep, start));
            if (Step % options.CheckpointSteps == 0)
                Save(elapsed);
            saved = Step % options.CheckpointSteps == 0 ? Step : saved;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => parts.ForEach(part => part.Dispose());

    private double Fraction(int step, TimeSpan elapsed) =>
        Math.Min(1, Math.Max((double)step / options.Steps, options.Minutes > 0 ? elapsed.TotalMinutes / options.Minutes : 0));

    private void Learn(PartState part, double rate, double fraction)
    {
        foreach (var group in part.Optimizer.ParamGroups)
            group.LearningRate = rate;
        part.Optimizer.zero_grad();
        for (var pass = 0; pass < options.Accumulation; pass++)
        {
            using var scope = NewDisposeScope();
            using var draw = new TrainingDraw(options.Seed, options.Overfit ? 0 : Step, pass, options.Accumulation, fraction);
            var losses = part.Part.Compute(draw);
            (losses.Total / options.Accumulation).backward();
            foreach (var (name, value) in losses.Named)
            {
                var number = value.ToDouble();
                RequireFinite(number, name);
                sums[name] = sums.GetValueOrDefault(name) + (number / options.Accumulation);
            }
        }

        using (NewDisposeScope())
        {
            var norm = nn.utils.clip_grad_norm_(part.Parameters.Where(parameter => parameter.grad is not null), options.MaxGradientNorm);
            RequireFinite(norm, $"gradient of {part.Part.Name}");
            largestNorm = Math.Max(largestNorm, norm);
            part.Optimizer.step();
        }
    }

    private void RequireFinite(double value, string name)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingDivergedException(FormattableString.Invariant(
                $"At step {Step + 1} the {name} is {value}. The checkpoint of the last {options.CheckpointSteps} steps is unharmed; lower {TrainingOptionsFile.KeyOf(nameof(options.LearningRate))} ({options.LearningRate}) or raise {TrainingOptionsFile.KeyOf(nameof(options.WarmupSteps))} ({options.WarmupSteps})."));
        }
    }

    private TrainingReport Report(TimeSpan elapsed, int firstStep, long start)
    {
        var pace = time.GetElapsedTime(start) / Math.Max(1, Step - firstStep);
        var remaining = pace * (options.Steps - Step);
        if (options.Minutes > 0 && TimeSpan.FromMinutes(options.Minutes) - elapsed is var left && left < remaining)
            remaining = left < TimeSpan.Zero ? TimeSpan.Zero : left;
        var result = new TrainingReport(
            Step, Fraction(Step, elapsed), elapsed, remaining, LearningRates.At(options, Step, Fraction(Step, elapsed)), largestNorm,
            [.. sums.Select(pair => (pair.Key, pair.Value / summed))]);
        (summed, largestNorm) = (0, 0);
        sums.Clear();
        return result;
    }

    private void Save(TimeSpan elapsed)
    {
        TrainingStateFile.Write(statePath, parts, new TrainingPoint(Step, elapsed, TrainingOptionsFile.Write(options), pictures));
        UseAverages(0);
    }

    // The averages of all parts are in the networks while they are exported.
    private void UseAverages(int index)
    {
        if (index == parts.Count)
            recipe.Export();
        else if (parts[index].Average is { } average)
            average.Use(() => UseAverages(index + 1));
        else
            UseAverages(index + 1);
    }
}
