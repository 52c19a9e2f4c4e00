using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training.Loop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.Loop;

/// <summary>The smallest training: a line is fitted to noisy points.</summary>
internal sealed class ToyTraining : ITrainingRecipe
{
    private readonly Parameter slope = new(full([1], 5.0f));
    private readonly Parameter offset = new(zeros(1));
    private readonly string file;

    public ToyTraining(string file, ToyOptions options)
    {
        this.file = file;
        Parts = [new TrainedPart("line", [("slope", slope), ("offset", offset)], draw =>
        {
            var x = draw.Normal(CPU, options.BatchSize);
            var y = (2 * x) + 1 + (0.1 * draw.Normal(CPU, options.BatchSize));
            var loss = ((slope * x) + offset - y).square().mean() * options.Factor;
            return new StepLosses(loss, ("error", loss));
        })];
    }

    public IReadOnlyList<TrainedPart> Parts { get; }

    public (float Slope, float Offset) Line => (slope.item<float>(), offset.item<float>());

    public void Begin()
    {
    }

    public void Export() => SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["slope"] = slope, ["offset"] = offset });

    public void Dispose()
    {
        slope.Dispose();
        offset.Dispose();
    }
}

/// <summary>How the line is fitted.</summary>
internal sealed record ToyOptions : TrainingOptions
{
    public double Factor { get; init; } = 1;

    public override int SmallestPicture => 1;
}
