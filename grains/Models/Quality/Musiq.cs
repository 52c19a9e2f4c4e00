using TorchSharp.Utils;
using static TorchSharp.torch;
using GroupNorm = Darkroom.Models.Layers.GroupNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.Quality;

/// <summary>MUSIQ: what people would say of a picture of any size, without a reference. Higher is better.</summary>
/// <remarks>
/// Ke et al. 2021, arXiv:2108.05997; names and details as in pyiqa. Its padding of short sequences, which no other token sees, is
/// left out.
/// </remarks>
public sealed class Musiq : nn.Module<Tensor, Tensor>
{
    private const int StemWidth = 64;
    private const int StemGroups = 32;
    private const int TokenWidth = 4 * StemWidth;
    private const int CellsPerSide = MusiqPatches.Side / 4;
    private const long MaxPatches = 256;                                        // at once through the convolutions, to bound memory
    private const double RootEpsilon = 1e-6;

    private readonly MusiqConfig config;

    [ComponentName(Name = "conv_root")]
    private readonly StandardizedConvolution root;
    [ComponentName(Name = "gn_root")]
    private readonly GroupNorm rootNorm;
    private readonly MusiqBottleneck block1;
    private readonly Linear embedding;
    [ComponentName(Name = "transformer_encoder")]
    private readonly MusiqEncoder encoder;
    private readonly nn.Module<Tensor, Tensor> head;

    /// <summary>Makes the network without weights.</summary>
    public Musiq(MusiqConfig config)
        : base(nameof(Musiq))
    {
        config.Require();
        this.config = config;
        root = new StandardizedConvolution(3, StemWidth, 7, 2);
        rootNorm = new GroupNorm(StemGroups, StemWidth, RootEpsilon);
        block1 = new MusiqBottleneck(StemWidth, TokenWidth);
        embedding = new Linear(TokenWidth * CellsPerSide * CellsPerSide, config.Width);
        encoder = new MusiqEncoder(config);
        head = config.ClassCount == 1
            ? new Linear(config.Width, 1)
            : new Distribution(config.Width, config.ClassCount);
        RegisterComponents();
    }

    /// <param name="input">A picture in 0..1, [1, 3, H, W].</param>
    /// <returns>Its score, [1, 1]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var patches = MusiqPatches.Cut((input - 0.5) * 2, config.GridSide);
        var tokens = new List<Tensor>();
        for (var start = 0L; start < patches.Pixels.shape[0]; start += MaxPatches)
            tokens.Add(Embed(patches.Pixels.narrow(0, start, Math.Min(MaxPatches, patches.Pixels.shape[0] - start))));
        return head.call(encoder.call(cat(tokens, 0).unsqueeze(0), patches.Positions, patches.Scales)).MoveToOuterDisposeScope();
    }

    // Channels come last in a token, as in TensorFlow.
    private Tensor Embed(Tensor patches)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.relu(rootNorm.call(root.call(patches)));
        hidden = nn.functional.max_pool2d(StandardizedConvolution.PadSame(hidden, 3, 2), 3, stride: 2);
        return embedding.call(block1.call(hidden).permute(0, 2, 3, 1).reshape(patches.shape[0], -1)).MoveToOuterDisposeScope();
    }

    private sealed class Distribution : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly Linear scores;

        public Distribution(long width, long classes)
            : base(nameof(Distribution))
        {
            scores = new Linear(width, classes);
            RegisterComponents();
        }

        // The mean score of a distribution over 1, 2, ...
        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var shares = scores.call(input).softmax(-1);
            return (shares * arange(1, shares.shape[^1] + 1, device: input.device)).sum(-1, keepdim: true).MoveToOuterDisposeScope();
        }
    }
}
