using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = Darkroom.Models.Layers.LayerNorm;
using Linear = Darkroom.Models.Layers.Linear;
using MultiheadAttention = Darkroom.Models.Layers.MultiheadAttention;

namespace Darkroom.Models.Mgie;

/// <summary>PyTorch's transformer with norms first, without masks and places: an encoder of states, a decoder of queries.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762; names as in <c>torch.nn.Transformer(norm_first=True)</c>.</remarks>
public sealed class EditTransformer : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "encoder")]
    private readonly Stack<EncoderLayer> encoder;
    [ComponentName(Name = "decoder")]
    private readonly Stack<DecoderLayer> decoder;

    /// <summary>Makes a transformer without weights.</summary>
    public EditTransformer(EditHeadConfig config)
        : base(nameof(EditTransformer))
    {
        encoder = new Stack<EncoderLayer>(config.Width, Enumerable.Range(0, config.EncoderLayerCount).Select(_ => new EncoderLayer(config)));
        decoder = new Stack<DecoderLayer>(config.Width, Enumerable.Range(0, config.DecoderLayerCount).Select(_ => new DecoderLayer(config)));
        RegisterComponents();
    }

    /// <param name="input1">What is read, [B, N, D].</param>
    /// <param name="input2">Queries, [B, Q, D].</param>
    /// <returns>[B, Q, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var states = input1;
        foreach (var layer in encoder.Layers)
            states = layer.call(states);
        states = encoder.Norm.call(states);

        var written = input2;
        foreach (var layer in decoder.Layers)
            written = layer.call(written, states);
        return decoder.Norm.call(written).MoveToOuterDisposeScope();
    }

    private sealed class Stack<TLayer> : nn.Module
        where TLayer : nn.Module
    {
        [ComponentName(Name = "layers")]
        private readonly ModuleList<TLayer> layers;
        [ComponentName(Name = "norm")]
        private readonly LayerNorm norm;

        public Stack(long width, IEnumerable<TLayer> layers)
            : base("Stack")
        {
            this.layers = new ModuleList<TLayer>([.. layers]);
            norm = new LayerNorm(width);
            RegisterComponents();
        }

        public IEnumerable<TLayer> Layers => layers;

        public LayerNorm Norm => norm;
    }

    private sealed class EncoderLayer : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "self_attn")]
        private readonly MultiheadAttention attention;
        [ComponentName(Name = "linear1")]
        private readonly Linear enter;
        [ComponentName(Name = "linear2")]
        private readonly Linear leave;
        [ComponentName(Name = "norm1")]
        private readonly LayerNorm attentionNorm;
        [ComponentName(Name = "norm2")]
        private readonly LayerNorm feedForwardNorm;

        public EncoderLayer(EditHeadConfig config)
            : base(nameof(EncoderLayer))
        {
            attention = new MultiheadAttention(config.Width, config.HeadCount);
            enter = new Linear(config.Width, config.FeedForwardWidth);
            leave = new Linear(config.FeedForwardWidth, config.Width);
            attentionNorm = new LayerNorm(config.Width);
            feedForwardNorm = new LayerNorm(config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var normed = attentionNorm.call(input);
            var attended = input + attention.call(normed, normed);
            return (attended + leave.call(enter.call(feedForwardNorm.call(attended)).relu())).MoveToOuterDisposeScope();
        }
    }

    private sealed class DecoderLayer : nn.Module<Tensor, Tensor, Tensor>
    {
        [ComponentName(Name = "self_attn")]
        private readonly MultiheadAttention selfAttention;
        [ComponentName(Name = "multihead_attn")]
        private readonly MultiheadAttention crossAttention;
        [ComponentName(Name = "linear1")]
        private readonly Linear enter;
        [ComponentName(Name = "linear2")]
        private readonly Linear leave;
        [ComponentName(Name = "norm1")]
        private readonly LayerNorm selfNorm;
        [ComponentName(Name = "norm2")]
        private readonly LayerNorm crossNorm;
        [ComponentName(Name = "norm3")]
        private readonly LayerNorm feedForwardNorm;

        public DecoderLayer(EditHeadConfig config)
            : base(nameof(DecoderLayer))
        {
            selfAttention = new MultiheadAttention(config.Width, config.HeadCount);
            crossAttention = new MultiheadAttention(config.Width, config.HeadCount);
            enter = new Linear(config.Width, config.FeedForwardWidth);
            leave = new Linear(config.FeedForwardWidth, config.Width);
            selfNorm = new LayerNorm(config.Width);
            crossNorm = new LayerNorm(config.Width);
            feedForwardNorm = new LayerNorm(config.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor queries, Tensor states)
        {
            using var scope = NewDisposeScope();
            var normed = selfNorm.call(queries);
            var written = queries + selfAttention.call(normed, normed);
            written = written + crossAttention.call(crossNorm.call(written), states);
            return (written + leave.call(enter.call(feedForwardNorm.call(written)).relu())).MoveToOuterDisposeScope();
        }
    }
}
