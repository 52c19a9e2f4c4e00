using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data;

/// <summary>An edit of a picture, what a user says to get it, and how a language model would put it.</summary>
/// <param name="Instruction">The user's words.</param>
/// <param name="Expressive">The expressive instruction: what the picture will be like.</param>
/// <param name="Goal">The edited picture, [3, H, W] in 0..1.</param>
public sealed record DrawnEdit(string Instruction, string Expressive, Tensor Goal);

/// <summary>Edits of light and colour whose result is known, for MGIE's training without an edited data set.</summary>
/// <remarks>The paper trains on IPr2Pr, whose pictures and edits are made by other models; these edits are what a photographer's sliders do.</remarks>
public static class DrawnEdits
{
    private static readonly (string[] Instructions, string Expressive, Func<Tensor, double, Tensor> Apply)[] Kinds =
    [
        (["make it brighter", "more light", "lighten the photo"], "The whole scene is bright and clear.", (image, strength) => image.pow(1 / (1 + strength))),
        (["make it darker", "less light", "dim the photo"], "The whole scene is dark and calm.", (image, strength) => image.pow(1 + strength)),
        (["make it warmer", "give it warm light", "like a sunset"], "The light is warm and golden.", (image, strength) => Tint(image, 1 + (0.3 * strength), 1, 1 - (0.4 * strength))),
        (["make it cooler", "give it cold light", "like a winter day"], "The light is cold and blue.", (image, strength) => Tint(image, 1 - (0.4 * strength), 1, 1 + (0.3 * strength))),
        (["make it black and white", "remove the colours", "like an old film"], "There is no colour, only grey.", (image, _) => Grey(image).expand(3, -1, -1)),
        (["more colour", "make the colours vivid", "it looks dull"], "The colours are rich and vivid.", (image, strength) => Grey(image) + ((image - Grey(image)) * (1 + strength))),
        (["more contrast", "make it pop", "it is too flat"], "Light and shade are far apart.", (image, strength) => ((image - 0.5) * (1 + strength)) + 0.5),
        (["less contrast", "make it softer", "it is too hard"], "Light and shade are close.", (image, strength) => ((image - 0.5) / (1 + strength)) + 0.5),
    ];

    /// <summary>Draws an edit.</summary>
    /// <param name="picture">The picture, [3, H, W] in 0..1.</param>
    /// <param name="random">Chooses edit, strength and words.</param>
    /// <returns>The edit; the caller disposes its tensor.</returns>
    public static DrawnEdit Draw(Tensor picture, Random random)
    {
        var (instructions, expressive, apply) = Kinds[random.Next(Kinds.Length)];
        using var scope = NewDisposeScope();
        var goal = apply(picture.clamp(1e-4, 1), DegradationSampler.Between(random, 0.5, 1)).clamp(0, 1);
        return new DrawnEdit(instructions[random.Next(instructions.Length)], expressive, goal.MoveToOuterDisposeScope());
    }

    private static Tensor Tint(Tensor image, double red, double green, double blue) =>
        image * tensor(new[] { (float)red, (float)green, (float)blue }).view(3, 1, 1);

    private static Tensor Grey(Tensor image) => (image * tensor(new[] { 0.299f, 0.587f, 0.114f }).view(3, 1, 1)).sum(0, keepdim: true);
}
