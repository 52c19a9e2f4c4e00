namespace Darkroom.Workbench.Evaluation;

/// <summary>Where the words come from that steer the network.</summary>
public enum TextSource
{
    /// <summary>From the model's describer, as the product does on <c>&lt;restore&gt;</c>.</summary>
    Describer,

    /// <summary>The truth about the noise that was added (LLMRA, Table 4, "with gt text").</summary>
    True,

    /// <summary>The opposite of the truth: dark, rain, no noise (LLMRA, Table 4, "with gf text").</summary>
    False,

    /// <summary>Given by the caller.</summary>
    Given,
}

/// <summary>What is evaluated and how.</summary>
/// <param name="Sigma">Standard deviation of the noise to add (levels of 0..255), or null where the pictures are degraded already.</param>
/// <param name="Seed">Seed of the noise.</param>
/// <param name="TextSource">Where the words come from.</param>
/// <param name="Text">The words, where the caller gives them.</param>
/// <param name="Crop">Side of the middle piece that is evaluated (pixels), or null for whole pictures.</param>
/// <param name="OnLuma">Whether Y of BT.601 is measured, as the deraining literature does, instead of all channels.</param>
public sealed record EvaluationOptions(
    double? Sigma = null,
    ulong Seed = 0,
    TextSource TextSource = TextSource.Describer,
    string Text = "",
    int? Crop = null,
    bool OnLuma = false);
