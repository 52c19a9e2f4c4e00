using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using LayerNorm = Darkroom.Models.Layers.LayerNorm;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.DiffPlugin;

/// <summary>TPB: makes the task prompt, which stands in for the text, of CLIP's vision tokens.</summary>
/// <remarks>
/// Liu et al. 2024, arXiv:2403.00644, section 3.2; names as in the official <c>TPB.py</c> (keys of a published file may begin with
/// <c>module.</c>). The vision tokens are those of the last layer without the class token.
/// </remarks>
public sealed class TaskPromptBranch : nn.Module<Tensor, Tensor>
{
    private const double NegativeSlope = 0.01;

    private readonly TaskPromptBranchConfig config;

    [ComponentName(Name = "visual_projection")]
    private readonly ModuleList<nn.Module<Tensor, Tensor>> layers;

    /// <summary>Makes a branch without weights.</summary>
    public TaskPromptBranch(TaskPromptBranchConfig config)
        : base(nameof(TaskPromptBranch))
    {
        this.config = config;
        var width = config.VisionWidth;
        var hidden = Enumerable.Range(0, config.HiddenLayerCount).SelectMany(_ => (nn.Module<Tensor, Tensor>[])
            [new Linear(width, width), new LayerNorm(width), nn.LeakyReLU(NegativeSlope)]);
        layers = new ModuleList<nn.Module<Tensor, Tensor>>([.. hidden, new Linear(width, config.TextWidth)]);
        RegisterComponents();
    }

    /// <param name="visionTokens">[B, N, VisionWidth], without the class token.</param>
    /// <returns>The task prompt F^p, [B, N, TextWidth]; the caller disposes it.</returns>
    public override Tensor forward(Tensor visionTokens)
    {
        TensorShape.Require(visionTokens, nameof(visionTokens), TensorShape.Any, TensorShape.Any, config.VisionWidth);
        using var scope = NewDisposeScope();
        return layers.Aggregate(visionTokens, (hidden, layer) => layer.call(hidden)).MoveToOuterDisposeScope();
    }
}
