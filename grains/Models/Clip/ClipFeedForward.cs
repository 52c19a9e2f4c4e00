using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Clip;

/// <summary>CLIP's feed-forward layer.</summary>
/// <remarks>Names as in transformers' <c>CLIPMLP</c>.</remarks>
public sealed class ClipFeedForward : nn.Module<Tensor, Tensor>
{
    private const double QuickGeluFactor = 1.702;   // Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2

    private readonly ClipActivation activation;

    [ComponentName(Name = "fc1")]
    private readonly Linear enter;
    [ComponentName(Name = "fc2")]
    private readonly Linear leave;

    /// <summary>Makes the layer.</summary>
    /// <param name="width">D.</param>
    /// <param name="hidden">Width between the two maps.</param>
    /// <param name="activation">What stands between them.</param>
    public ClipFeedForward(long width, long hidden, ClipActivation activation)
        : base(nameof(ClipFeedForward))
    {
        this.activation = activation;
        enter = new Linear(width, hidden);
        leave = new Linear(hidden, width);
        RegisterComponents();
    }

    /// <param name="input">[B, N, D].</param>
    /// <returns>[B, N, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = enter.call(input);
        var active = activation == ClipActivation.QuickGelu
            ? hidden * (hidden * QuickGeluFactor).sigmoid()
            : nn.functional.gelu(hidden);
        return leave.call(active).MoveToOuterDisposeScope();
    }
}
