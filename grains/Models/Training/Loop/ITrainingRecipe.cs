using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Loop;

/// <summary>What a pipeline's training is made of: what learns, by which losses, and how the result is written. <see cref="TrainingLoop"/> does the rest.</summary>
public interface ITrainingRecipe : IDisposable
{
    /// <summary>Gets what learns, in the order in which it does at every step: one part, or two that play against each other.</summary>
    IReadOnlyList<TrainedPart> Parts { get; }

    /// <summary>Gets what is to be said of the last export, a line each.</summary>
    IReadOnlyList<string> Summary => [];

    /// <summary>Writes what the result needs beside what learns; called once, before the first step of a new training.</summary>
    void Begin();

    /// <summary>Writes the checkpoint that the pipeline is served from, with the weights that the networks have now (the averaged ones).</summary>
    void Export();
}

/// <summary>Networks that one optimizer teaches.</summary>
/// <param name="Name">Its name in the files of a training.</param>
/// <param name="Parameters">What learns, by a name that does not change.</param>
/// <param name="Compute">Computes the losses of a pass. Called in a dispose scope; draws from nothing but what it is given.</param>
public sealed record TrainedPart(string Name, IReadOnlyList<(string Name, Parameter Parameter)> Parameters, Func<TrainingDraw, StepLosses> Compute)
{
    /// <summary>Gets a value indicating whether the average of its weights is kept. Default: true.</summary>
    public bool IsAveraged { get; init; } = true;
}

/// <summary>The losses of a pass.</summary>
/// <param name="Total">What is minimised, a scalar.</param>
/// <param name="Named">What it is made of, for the loss curve; the same names at every step.</param>
public sealed record StepLosses(Tensor Total, params IReadOnlyList<(string Name, Tensor Value)> Named);

/// <summary>Where a training stands.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Fraction">Share of the training done, 0..1.</param>
/// <param name="Elapsed">Time spent, that before a resumption included.</param>
/// <param name="Remaining">Time that the rest will take at the pace since the start or resumption.</param>
/// <param name="LearningRate">The learning rate now.</param>
/// <param name="GradientNorm">Largest norm of a gradient before clipping, since the last report.</param>
/// <param name="Losses">The losses by name, averaged over the steps since the last report.</param>
public sealed record TrainingReport(
    int Step, double Fraction, TimeSpan Elapsed, TimeSpan Remaining, double LearningRate, double GradientNorm, IReadOnlyList<(string Name, double Value)> Losses);
