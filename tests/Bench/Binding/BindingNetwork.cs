using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Darkroom.Bench.Binding;

/// <summary>The network of peer_network.py, line for line: convolutions, attention over channels, gates, as restorers have them.</summary>
internal sealed class BindingNetwork : Module<Tensor, Tensor>
{
    private const int Width = 32;

    private readonly Conv2d embed = Conv2d(3, Width, 3, padding: 1);
    private readonly Block encoder = new(Width, 1);
    private readonly Conv2d down = Conv2d(Width, Width / 2, 3, padding: 1);
    private readonly Block bottom = new(2 * Width, 2);
    private readonly Conv2d up = Conv2d(2 * Width, 4 * Width, 3, padding: 1);
    private readonly Conv2d reduce = Conv2d(2 * Width, Width, 1);
    private readonly Block decoder = new(Width, 1);
    private readonly Conv2d output = Conv2d(Width, 3, 3, padding: 1);

    public BindingNetwork()
        : base(nameof(BindingNetwork)) => RegisterComponents();

    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        var x = encoder.call(embed.call(image));
        var y = bottom.call(functional.pixel_unshuffle(down.call(x), 2));
        y = functional.pixel_shuffle(up.call(y), 2);
        y = decoder.call(reduce.call(cat([y, x], 1)));
        return (output.call(y) + image).MoveToOuterDisposeScope();
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly ChannelNorm norm1;
        private readonly Attention attention;
        private readonly ChannelNorm norm2;
        private readonly FeedForward feed;

        public Block(int width, int heads)
            : base(nameof(Block))
        {
            (norm1, attention, norm2, feed) = (new(width), new(width, heads), new(width), new(width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = input + attention.call(norm1.call(input));
            return (x + feed.call(norm2.call(x))).MoveToOuterDisposeScope();
        }
    }

    private sealed class ChannelNorm : Module<Tensor, Tensor>
    {
        private readonly LayerNorm norm;

        public ChannelNorm(int width)
            : base(nameof(ChannelNorm))
        {
            norm = LayerNorm([width]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return norm.call(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        }
    }

    private sealed class Attention : Module<Tensor, Tensor>
    {
        private readonly int heads;
        private readonly Parameter temperature;
        private readonly Conv2d qkv;
        private readonly Conv2d depthwise;
        private readonly Conv2d project;

        public Attention(int width, int heads)
            : base(nameof(Attention))
        {
            this.heads = heads;
            temperature = new Parameter(ones(heads, 1, 1));
            qkv = Conv2d(width, 3 * width, 1);
            depthwise = Conv2d(3 * width, 3 * width, 3, padding: 1, groups: 3 * width);
            project = Conv2d(width, width, 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var (b, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
            var parts = depthwise.call(qkv.call(input)).chunk(3, 1);
            var q = functional.normalize(parts[0].reshape(b, heads, c / heads, h * w), dim: -1);
            var k = functional.normalize(parts[1].reshape(b, heads, c / heads, h * w), dim: -1);
            var v = parts[2].reshape(b, heads, c / heads, h * w);
            var weights = functional.softmax(q.matmul(k.transpose(-2, -1)) * temperature, dim: -1);
            return project.call(weights.matmul(v).reshape(b, c, h, w)).MoveToOuterDisposeScope();
        }
    }

    private sealed class FeedForward : Module<Tensor, Tensor>
    {
        private readonly Conv2d enter;
        private readonly Conv2d depthwise;
        private readonly Conv2d leave;

        public FeedForward(int width)
            : base(nameof(FeedForward))
        {
            enter = Conv2d(width, 4 * width, 1);
            depthwise = Conv2d(4 * width, 4 * width, 3, padding: 1, groups: 4 * width);
            leave = Conv2d(2 * width, width, 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var parts = depthwise.call(enter.call(input)).chunk(2, 1);
            return leave.call(functional.gelu(parts[0]) * parts[1]).MoveToOuterDisposeScope();
        }
    }
}
