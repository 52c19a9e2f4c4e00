using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = Darkroom.Models.Layers.LayerNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.Quality;

/// <summary>MUSIQ's transformer: patches of all sizes, each with its place and size, see each other.</summary>
internal sealed class MusiqEncoder : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-6;

    [ComponentName(Name = "posembed_input")]
    private readonly PositionTable positions;
    [ComponentName(Name = "scaleembed_input")]
    private readonly ScaleTable scales;
    [ComponentName(Name = "cls")]
    private readonly Parameter classToken;
    [ComponentName(Name = "encoder_norm")]
    private readonly LayerNorm norm;
    private readonly Blocks transformer;

    public MusiqEncoder(MusiqConfig config)
        : base(nameof(MusiqEncoder))
    {
        positions = new PositionTable(config.GridSide * config.GridSide, config.Width);
        scales = new ScaleTable(config.ScaleCount, config.Width);
        classToken = Uninitialized.Parameter(1, 1, config.Width);
        norm = new LayerNorm(config.Width, Epsilon);
        transformer = new Blocks(config);
        RegisterComponents();
    }

    /// <param name="tokens">[1, N, D].</param>
    /// <param name="places">[N] int64.</param>
    /// <param name="sizes">[N] int64.</param>
    /// <returns>What the class token became, [1, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor tokens, Tensor places, Tensor sizes)
    {
        using var scope = NewDisposeScope();
        var placed = tokens + positions.call(places) + scales.call(sizes);
        return norm.call(transformer.call(cat([classToken, placed], 1))).select(1, 0).MoveToOuterDisposeScope();
    }

    private sealed class PositionTable : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "position_emb")]
        private readonly Parameter values;

        public PositionTable(long count, long width)
            : base(nameof(PositionTable))
        {
            values = Uninitialized.Parameter(1, count, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor indices) => values.index_select(1, indices);
    }

    private sealed class ScaleTable : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "scale_emb")]
        private readonly Parameter values;

        public ScaleTable(long count, long width)
            : base(nameof(ScaleTable))
        {
            values = Uninitialized.Parameter(count, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor indices) => values.index_select(0, indices);
    }

    private sealed class Blocks : nn.Module<Tensor, Tensor>
    {
        private readonly Block[] blocks;

        public Blocks(MusiqConfig config)
            : base(nameof(Blocks))
        {
            blocks = [.. Enumerable.Range(0, config.LayerCount).Select(_ => new Block(config))];
            for (var i = 0; i < blocks.Length; i++)
                register_module($"encoderblock_{i}", blocks[i]);
        }

        public override Tensor forward(Tensor tokens) => blocks.Aggregate(tokens, (hidden, block) => block.call(hidden));
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly LayerNorm norm1;
        private readonly Attention attention;
        private readonly LayerNorm norm2;
        private readonly FeedForward mlp;

        public Block(MusiqConfig config)
            : base(nameof(Block))
        {
            (norm1, norm2) = (new(config.Width, Epsilon), new(config.Width, Epsilon));
            attention = new Attention(config.Width, config.Heads);
            mlp = new FeedForward(config.Width, config.HiddenWidth);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            var seen = tokens + attention.call(norm1.call(tokens));
            return (seen + mlp.call(norm2.call(seen))).MoveToOuterDisposeScope();
        }
    }

    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private readonly int heads;
        private readonly Linear query;
        private readonly Linear key;
        private readonly Linear value;
        [ComponentName(Name = "out")]
        private readonly Linear output;

        public Attention(long width, int heads)
            : base(nameof(Attention))
        {
            this.heads = heads;
            (query, key, value, output) = (new(width, width), new(width, width), new(width, width), new(width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            var attended = ScaledDotProduct.Attend(Split(query), Split(key), Split(value), 1 / Math.Sqrt(tokens.shape[2] / (double)heads));
            return output.call(attended.transpose(1, 2).reshape(tokens.shape)).MoveToOuterDisposeScope();

            Tensor Split(Linear layer) => layer.call(tokens).view(tokens.shape[0], tokens.shape[1], heads, -1).transpose(1, 2);   // [B, H, N, D / H]
        }
    }

    private sealed class FeedForward : nn.Module<Tensor, Tensor>
    {
        private readonly Linear fc1;
        private readonly Linear fc2;

        public FeedForward(long width, long hidden)
            : base(nameof(FeedForward))
        {
            (fc1, fc2) = (new(width, hidden), new(hidden, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            return fc2.call(nn.functional.gelu(fc1.call(tokens))).MoveToOuterDisposeScope();
        }
    }
}
