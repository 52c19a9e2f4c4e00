using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Plugin-Selector: scores how well each task's plugin suits what a user wrote.</summary>
/// <remarks>
/// Liu et al. 2024, Diff-Plugin, arXiv:2403.00644, section 3.3, eq. (5); names as in the official <c>PromptTunnerModel</c>.
/// The official demo takes the plugins whose score is above 0.
/// </remarks>
public sealed class PluginSelector : nn.Module<Tensor, Tensor, Tensor>, IOwnInitialization
{
    /// <summary>Width of the published selector: that of CLIP ViT-L/14's text states.</summary>
    public const int PublishedWidth = 768;

    private readonly long width;

    [ComponentName(Name = "logit_scale")]
    private readonly Parameter logScale;                                        // a scalar
    [ComponentName(Name = "proj_v")]
    private readonly Linear visual;                                             // head VP
    [ComponentName(Name = "proj_t")]
    private readonly Linear text;                                               // head TP

    /// <summary>Makes a selector without weights.</summary>
    /// <param name="width">D.</param>
    public PluginSelector(long width)
        : base(nameof(PluginSelector))
    {
        this.width = width;
        logScale = Uninitialized.Parameter();
        visual = new Linear(width, width);
        text = new Linear(width, width);
        RegisterComponents();
    }

    /// <summary>Scores plugins.</summary>
    /// <param name="input1">Embedded texts, [T, 1, D].</param>
    /// <param name="input2">Task prompts of the plugins (outputs of their TPB), [P, N, D].</param>
    /// <returns>Cosine of each plugin and text, scaled, [P, T]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        TensorShape.Require(input1, nameof(input1), TensorShape.Any, 1, width);
        TensorShape.Require(input2, nameof(input2), TensorShape.Any, TensorShape.Any, width);
        using var scope = NewDisposeScope();
        var plugins = Unit(ProjectPrompts(input2));                             // [P, D]
        var texts = Unit(ProjectTexts(input1).squeeze(1));                      // [T, D]
        return (plugins.matmul(texts.t()) * logScale.exp()).MoveToOuterDisposeScope();
    }

    /// <summary>Maps task prompts into the space that they share with texts, VP.</summary>
    /// <param name="prompts">[B, N, D].</param>
    /// <returns>v, [B, D]; the caller disposes it.</returns>
    public Tensor ProjectPrompts(Tensor prompts)
    {
        TensorShape.Require(prompts, nameof(prompts), TensorShape.Any, TensorShape.Any, width);
        using var scope = NewDisposeScope();
        return visual.call(prompts.amax([1])).MoveToOuterDisposeScope();
    }

    /// <summary>Maps texts into the space that they share with task prompts, TP.</summary>
    /// <param name="texts">Embedded texts, [..., D].</param>
    /// <returns>q, [..., D]; the caller disposes it.</returns>
    public Tensor ProjectTexts(Tensor texts) => text.call(texts);

    void IOwnInitialization.Initialize(Generator generator) => nn.init.constant_(logScale, Math.Log(1 / 0.07));

    private static Tensor Unit(Tensor vectors) => vectors / vectors.square().sum(-1, keepdim: true).sqrt();
}
