using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.StableDiffusion;

/// <summary>Feed-forward layer of a transformer block, with a gated GELU.</summary>
/// <remarks>Shazeer 2020, arXiv:2002.05202, GEGLU; names as in diffusers' <c>FeedForward</c>.</remarks>
public sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private const long Expansion = 4;

    [ComponentName(Name = "net")]
    private readonly ModuleList<nn.Module<Tensor, Tensor>> layers;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">D.</param>
    public FeedForward(long width)
        : base(nameof(FeedForward))
    {
        layers = new ModuleList<nn.Module<Tensor, Tensor>>(
            new GatedGelu(width, width * Expansion), nn.Identity(), new Linear(width * Expansion, width));   // dropout stands at 1
        RegisterComponents();
    }

    /// <param name="tokens">[B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var hidden = layers[0].call(tokens);
        return layers[2].call(hidden);
    }

    private sealed class GatedGelu : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "proj")]
        private readonly Linear projection;

        public GatedGelu(long inputs, long outputs)
            : base(nameof(GatedGelu))
        {
            projection = new Linear(inputs, outputs * 2);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            var halves = projection.call(tokens).chunk(2, -1);                  // value, gate
            return (halves[0] * nn.functional.gelu(halves[1])).MoveToOuterDisposeScope();   // the exact GELU
        }
    }
}
