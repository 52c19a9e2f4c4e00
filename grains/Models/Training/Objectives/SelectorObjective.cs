using Darkroom.Models.DiffPlugin;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>The training of Diff-Plugin's selector: a picture's task prompt is to be near the text of its task and far from the others.</summary>
/// <remarks>
/// Liu et al. 2024, arXiv:2403.00644, eq. (6). Its indicator [k_c != i_c], as printed, takes the positive text (and other texts of the same
/// task) out of the denominator; the usual contrastive loss keeps the positive. The authors publish no training code for the selector.
/// </remarks>
/// <param name="temperature">τ, greater than 0.</param>
/// <param name="keepsPositive">Whether the positive text is in the denominator; false is eq. (6) as printed.</param>
public sealed class SelectorObjective(double temperature = SelectorObjective.DefaultTemperature, bool keepsPositive = false)
{
    /// <summary>Where CLIP's temperature begins.</summary>
    public const double DefaultTemperature = 0.07;

    /// <summary>Cosine of each picture and its texts.</summary>
    /// <param name="pictures">v, [B, D].</param>
    /// <param name="texts">q, the positive first, [B, 1 + N, D].</param>
    /// <returns>[B, 1 + N]; the caller disposes it.</returns>
    public static Tensor Similarity(Tensor pictures, Tensor texts)
    {
        using var scope = NewDisposeScope();
        var (v, q) = (Unit(pictures).unsqueeze(1), Unit(texts));
        return (v * q).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of each picture.</summary>
    /// <param name="pictures">v, [B, D].</param>
    /// <param name="texts">q, the positive first, [B, 1 + N, D].</param>
    /// <param name="pictureTasks">c of each picture, [B] int64.</param>
    /// <param name="textTasks">c of each text, [B, 1 + N] int64.</param>
    /// <returns>[B]; the caller disposes it. Minus infinity where no text is of another task.</returns>
    /// <exception cref="ArgumentException">The temperature is not greater than 0.</exception>
    public Tensor PerPicture(Tensor pictures, Tensor texts, Tensor pictureTasks, Tensor textTasks)
    {
        if (!(temperature > 0))
            throw new ArgumentException($"The temperature is {temperature}; it must be greater than 0.");
        using var scope = NewDisposeScope();
        var logits = Similarity(pictures, texts) / temperature;                 // sim / τ, [B, 1 + N]
        var counts = textTasks.ne(pictureTasks.unsqueeze(1));                   // 1[k_c != i_c]
        if (keepsPositive)
            counts = cat([ones_like(counts.narrow(1, 0, 1)), counts.narrow(1, 1, counts.shape[1] - 1)], 1);
        var denominator = logits.masked_fill(counts.logical_not(), float.NegativeInfinity).logsumexp(1);
        return (denominator - logits.select(1, 0)).MoveToOuterDisposeScope();   // eq. (6)
    }

    /// <summary>The mean loss of a batch through the selector's heads.</summary>
    /// <param name="selector">The selector, whose heads learn.</param>
    /// <param name="prompts">Task prompts F^p of each picture by its own task's TPB, [B, N, D].</param>
    /// <param name="texts">Text embeddings, the positive first, [B, 1 + N, D].</param>
    /// <param name="pictureTasks">[B] int64.</param>
    /// <param name="textTasks">[B, 1 + N] int64.</param>
    /// <returns>A scalar; the caller disposes it.</returns>
    public Tensor Loss(PluginSelector selector, Tensor prompts, Tensor texts, Tensor pictureTasks, Tensor textTasks)
    {
        using var scope = NewDisposeScope();
        return PerPicture(selector.ProjectPrompts(prompts), selector.ProjectTexts(texts), pictureTasks, textTasks).mean().MoveToOuterDisposeScope();
    }

    private static Tensor Unit(Tensor vectors) => vectors / vectors.square().sum(-1, keepdim: true).sqrt();
}
