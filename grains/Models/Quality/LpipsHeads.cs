using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = Darkroom.Models.Layers.Conv2d;

namespace Darkroom.Models.Quality;

/// <summary>The weights of LPIPS that people's judgements gave: one for each channel of five stages (<c>linN.model.1.weight</c>).</summary>
public sealed class LpipsHeads : nn.Module<Tensor, Tensor>
{
    /// <summary>Number of stages.</summary>
    public const int StageCount = 5;

    private readonly Stage[] stages;

    /// <summary>Makes the heads without weights.</summary>
    /// <param name="channels">Channels of the stages.</param>
    public LpipsHeads(IReadOnlyList<long> channels)
        : base(nameof(LpipsHeads))
    {
        if (channels.Count != StageCount)
            throw new ArgumentException($"LPIPS on AlexNet and VGG16 has {StageCount} stages; these are {channels.Count}.", nameof(channels));
        Channels = channels;
        stages = [.. channels.Select(count => new Stage(count))];
        for (var i = 0; i < stages.Length; i++)
            register_module($"lin{i}", stages[i]);
    }

    /// <summary>Gets the channels of the stages.</summary>
    public IReadOnlyList<long> Channels { get; }

    /// <summary>Weighs the squared differences of a stage.</summary>
    /// <param name="stage">The stage, from 0.</param>
    /// <param name="differences">[B, C, h, w].</param>
    /// <returns>[B, 1, h, w]; the caller disposes it.</returns>
    public Tensor Weigh(int stage, Tensor differences) => stages[stage].call(differences);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => throw new NotSupportedException($"A stage is weighed by {nameof(Weigh)}.");

    private sealed class Stage : nn.Module<Tensor, Tensor>
    {
        private readonly ModuleList<nn.Module<Tensor, Tensor>> model;

        // A dropout, which training needs, has the number 0.
        public Stage(long channels)
            : base(nameof(Stage))
        {
            model = new ModuleList<nn.Module<Tensor, Tensor>>(nn.Dropout(), new Conv2d(channels, 1, 1, bias: false));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => model[1].call(input);
    }
}
