using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = Darkroom.Models.Layers.LayerNorm;

namespace Darkroom.Models.Clip;

/// <summary>One pre-norm transformer layer of CLIP.</summary>
public sealed class ClipEncoderLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "self_attn")]
    private readonly ClipAttention attention;
    [ComponentName(Name = "layer_norm1")]
    private readonly LayerNorm attentionNorm;
    [ComponentName(Name = "mlp")]
    private readonly ClipFeedForward feedForward;
    [ComponentName(Name = "layer_norm2")]
    private readonly LayerNorm feedForwardNorm;

    internal ClipEncoderLayer(long width, long heads, long hidden, ClipActivation activation, double epsilon)
        : base(nameof(ClipEncoderLayer))
    {
        attention = new ClipAttention(width, heads);
        attentionNorm = new LayerNorm(width, epsilon);
        feedForward = new ClipFeedForward(width, hidden, activation);
        feedForwardNorm = new LayerNorm(width, epsilon);
        RegisterComponents();
    }

    /// <param name="input">Tokens that all see each other, [B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => Run(input, bias: null);

    internal Tensor Run(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var attended = input + attention.Attend(attentionNorm.call(input), bias);
        return (attended + feedForward.call(feedForwardNorm.call(attended))).MoveToOuterDisposeScope();
    }
}

/// <summary>The layers that CLIP's text and vision encoders have in common.</summary>
public sealed class ClipEncoder : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layers")]
    private readonly ModuleList<ClipEncoderLayer> layers;

    internal ClipEncoder(long layerCount, long width, long heads, long hidden, ClipActivation activation, double epsilon)
        : base(nameof(ClipEncoder))
    {
        layers = new ModuleList<ClipEncoderLayer>(Enumerable.Range(0, (int)layerCount)
            .Select(_ => new ClipEncoderLayer(width, heads, hidden, activation, epsilon)).ToArray());
        RegisterComponents();
    }

    /// <param name="input">Tokens that all see each other, [B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input) => Run(input, bias: null, layers.Count);

    /// <summary>Runs the first layers.</summary>
    internal Tensor Run(Tensor input, Tensor? bias, int layerCount)
    {
        using var scope = NewDisposeScope();
        var hidden = input.alias();
        foreach (var layer in layers.Take(layerCount))
        {
            using var previous = hidden;
            hidden = layer.Run(previous, bias);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Runs all layers and keeps what each gave: the input first, layers + 1 tensors.</summary>
    internal IReadOnlyList<Tensor> HiddenStates(Tensor input, Tensor? bias)
    {
        var states = new List<Tensor> { input.alias() };
        foreach (var layer in layers)
            states.Add(layer.Run(states[^1], bias));
        return states;
    }
}
