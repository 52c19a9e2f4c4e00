using Darkroom.Models.Pipelines;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Where the words come from that steer the network.</summary>
public enum TextSource
{
    /// <summary>From the model's describer, as the product does on <c>&lt;restore&gt;</c>.</summary>
    Describer,

    /// <summary>The truth about what was added (LLMRA, Table 4, "with gt text").</summary>
    True,

    /// <summary>The opposite of the truth about noise: dark, rain, no noise (LLMRA, Table 4, "with gf text").</summary>
    False,

    /// <summary>Given by the caller.</summary>
    Given,
}

/// <summary>What is added to clean pictures, in this order: rain, darkness, noise.</summary>
/// <param name="Sigma">Standard deviation of Gaussian noise, in levels of 0..255; neither clipped nor rounded.</param>
/// <param name="Rain">How much it rains, 0 for none, 1 for heavy rain.</param>
/// <param name="Stops">How much light is taken away, in stops.</param>
/// <param name="NightRatio">
/// By how much less light a RAW file of the scene is taken, 0 for none: the picture is unprocessed and gets the noise of photons
/// and of the read-out; nothing else can be added then.
/// </param>
public sealed record AddedDegradation(double Sigma = 0, double Rain = 0, double Stops = 0, double NightRatio = 0);

/// <summary>What is evaluated and how.</summary>
/// <param name="Added">What is added to clean pictures, or null where the pictures are degraded already.</param>
/// <param name="TextSource">Where the words come from.</param>
/// <param name="Text">The words, where the caller gives them.</param>
/// <param name="Crop">Side of the middle piece that is evaluated (pixels), or null for whole pictures.</param>
/// <param name="OnLuma">Whether Y of BT.601 is measured, as the deraining literature does, instead of all channels.</param>
public sealed record EvaluationOptions(
    AddedDegradation? Added = null,
    TextSource TextSource = TextSource.Describer,
    string Text = "",
    int? Crop = null,
    bool OnLuma = false)
{
    /// <summary>Gets the seed of everything that is added.</summary>
    /// <value>Default: 0.</value>
    public ulong Seed { get; init; }

    /// <summary>Gets the settings of the runs; each picture's seed is theirs and its number.</summary>
    /// <value>Default: the pipeline's.</value>
    public RunSettings Settings { get; init; } = new();
}
