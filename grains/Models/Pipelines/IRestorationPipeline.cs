using static TorchSharp.torch;

namespace Darkroom.Models.Pipelines;

/// <summary>A restoration method as the cluster serves it: tensors in, tensors out, no state between calls.</summary>
/// <remarks>
/// A run is <c>Prepare</c> once, then for each tile <c>Encode</c>, <c>Step</c> times <see cref="CountSteps(RunSettings, Conditioning)"/> and
/// <c>Finish</c>. A one-shot network is a pipeline of one step. The device executor puts tiles of different runs into
/// one <c>Step</c>: whatever differs between them stands in the <see cref="StepContext"/> of the row. All members run
/// on the device's one thread, under <c>inference_mode</c>, inside a dispose scope of the caller.
/// </remarks>
public interface IRestorationPipeline : IDisposable
{
    /// <summary>Gets the limits and sizes that the caller plans tiles and batches by.</summary>
    PipelineProfile Profile { get; }

    /// <summary>Tells how many times <see cref="Step"/> is called for each tile.</summary>
    /// <exception cref="ArgumentException">The settings ask for something that the pipeline does not offer.</exception>
    int CountSteps(RunSettings settings);

    /// <summary>Tells how many times <see cref="Step"/> is called for each tile of a prepared run: words may ask for more than one task.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="conditioning">What <see cref="Prepare"/> gave.</param>
    int CountSteps(RunSettings settings, Conditioning conditioning) => CountSteps(settings);

    /// <summary>Encodes what is the same for all tiles of a run: the text and what the whole picture says.</summary>
    /// <param name="overview">The whole picture scaled to fit <see cref="PipelineProfile.OverviewSize"/>, [1, 3, h, w] float32, as <see cref="PipelineProfile.Input"/> says.</param>
    /// <param name="instruction">What is to be done, in words.</param>
    /// <param name="settings">The run's settings.</param>
    /// <returns>The conditioning; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The instruction or the settings cannot be used.</exception>
    Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings);

    /// <summary>Makes the latent that the first step starts from.</summary>
    /// <param name="tile">Pixels, [1, 3, H, W] float32, as <see cref="PipelineProfile.Input"/> says; H and W are multiples of <see cref="PipelineProfile.SizeMultiple"/>.</param>
    /// <param name="context">The tile's row.</param>
    /// <returns>The latent, [1, ...]; the caller disposes it.</returns>
    Tensor Encode(Tensor tile, StepContext context);

    /// <summary>Advances every row by one step in one forward pass.</summary>
    /// <param name="latents">Latents of equal shape, [B, ...].</param>
    /// <param name="contexts">One context a row; steps, seeds and conditionings may all differ.</param>
    /// <returns>The latents after the step, [B, ...]; the caller disposes them.</returns>
    Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts);

    /// <summary>Turns finished latents into pixels.</summary>
    /// <param name="latents">Latents after the last step, [B, ...].</param>
    /// <returns>Pixels, [B, 3, H, W] float32, sRGB, clamped to 0..1; the caller disposes them.</returns>
    Tensor Finish(Tensor latents);
}

/// <summary>What a caller must know of a pipeline to plan tiles, batches and routing.</summary>
/// <param name="Name">The pipeline's name, such as <c>llmra</c>.</param>
/// <param name="Model">The checkpoint's name, such as <c>llmra-compact</c>; runs of one model may share a batch.</param>
/// <param name="ModelHash">SHA-256 of the checkpoint, lower-case hexadecimal.</param>
/// <param name="TileSize">Side of the square tile (pixels), overlap included.</param>
/// <param name="TileOverlap">Pixels that neighbouring tiles share, over which they are blended.</param>
/// <param name="SizeMultiple">Tile sides are padded (by reflection) to a multiple of this.</param>
/// <param name="OverviewSize">Longest side of the overview given to <c>Prepare</c> (pixels).</param>
public sealed record PipelineProfile(
    string Name, string Model, string ModelHash, int TileSize, int TileOverlap, int SizeMultiple, int OverviewSize)
{
    /// <summary>Gets which values the pipeline takes as pixels of tiles and overview.</summary>
    public PixelEncoding Input { get; init; }
}

/// <summary>What the values of pixels mean.</summary>
public enum PixelEncoding
{
    /// <summary>sRGB in 0..1.</summary>
    Srgb,

    /// <summary>The sensor's linear light after gain and white balance, at half its resolution; at most 1, noise may be below 0. Only RAW files have it.</summary>
    LinearRaw,
}

/// <summary>Which of LLMRA's two commands an instruction came from.</summary>
public enum InstructionKind
{
    /// <summary><c>&lt;restore&gt;</c>: the text is the describer's, the picture corrects it.</summary>
    Restore,

    /// <summary><c>&lt;refine&gt;</c>: the text is the user's dialogue and is taken at its word.</summary>
    Refine,
}

/// <summary>What is to be done to a picture, in words.</summary>
/// <param name="Kind">The command.</param>
/// <param name="Text">The describer's sentences or the user's words; may be empty.</param>
public sealed record Instruction(InstructionKind Kind, string Text);

/// <summary>What a user can set for one run.</summary>
/// <param name="Seed">Seed of all noise of the run.</param>
/// <param name="Steps">Number of denoising steps, or null for the pipeline's default.</param>
/// <param name="GuidanceScale">Weight of classifier-free guidance (1 = off), or null for the pipeline's default.</param>
/// <param name="Scheduler">The update rule by its word (<see cref="SchedulerNames"/>), or null for the pipeline's default.</param>
/// <param name="ImageGuidanceScale">Weight of the picture where guidance has two (InstructPix2Pix, MGIE), or null for the pipeline's default.</param>
public sealed record RunSettings(
    ulong Seed = 0, int? Steps = null, double? GuidanceScale = null, string? Scheduler = null, double? ImageGuidanceScale = null);

/// <summary>One row of a batch: where a tile of a run stands.</summary>
/// <param name="Conditioning">The run's conditioning; not disposed by the pipeline.</param>
/// <param name="Step">The step to take, 0..<paramref name="StepCount"/> - 1.</param>
/// <param name="StepCount">Steps of the run.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Tile">Index of the tile in the run, from 0.</param>
public readonly record struct StepContext(Conditioning Conditioning, int Step, int StepCount, ulong Seed, int Tile);
