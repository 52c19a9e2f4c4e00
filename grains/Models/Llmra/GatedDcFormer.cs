using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>The DC-former for few cores: gated blocks in place of attention, sums in place of joined skips, DMMs at the lowest levels.</summary>
/// <remarks>
/// The U-net of NAFNet (Chen et al. 2022, arXiv:2204.04676, section 5) with the modulation of LLMRA
/// (Jin et al. 2024, arXiv:2401.11401, section 3.3). Why: docs/decisions/0003.
/// </remarks>
public sealed class GatedDcFormer : nn.Module<Tensor, Tensor, Tensor>
{
    private const int LevelCount = 4;

    private readonly LlmraConfig config;

    [ComponentName(Name = "intro")]
    private readonly Conv2d intro;
    [ComponentName(Name = "encoders")]
    private readonly ModuleList<ModuleList<GatedBlock>> encoders;
    [ComponentName(Name = "downs")]
    private readonly ModuleList<Conv2d> downs;
    [ComponentName(Name = "middle_blks")]
    private readonly ModuleList<GatedBlock> bottom;
    [ComponentName(Name = "ups")]
    private readonly ModuleList<Conv2d> ups;
    [ComponentName(Name = "decoders")]
    private readonly ModuleList<ModuleList<GatedBlock>> decoders;
    [ComponentName(Name = "ending")]
    private readonly Conv2d ending;
    [ComponentName(Name = "dmm")]
    private readonly ModuleList<DegradationModulationModule> modulations;

    /// <summary>Makes a network with random weights.</summary>
    public GatedDcFormer(LlmraConfig config)
        : base(nameof(GatedDcFormer))
    {
        this.config = config;
        long pixelChannels = 3 * config.PixelUnshuffle * config.PixelUnshuffle;
        intro = nn.Conv2d(pixelChannels, config.Dim, 3, padding: 1);
        encoders = Each(level => Blocks(level));
        downs = Each(level => nn.Conv2d(Width(level), Width(level + 1), 2, stride: 2));
        bottom = Blocks(LevelCount - 1);
        ups = Each(level => nn.Conv2d(Width(level + 1), 2 * Width(level + 1), 1, bias: false));   // then pixel-shuffle
        decoders = Each(level => Blocks(level));
        ending = nn.Conv2d(config.Dim, pixelChannels, 3, padding: 1);
        modulations = new ModuleList<DegradationModulationModule>(Enumerable.Range(0, config.ModulatedLevelCount)
            .Select(index => LevelCount - 1 - index)
            .Select(level => new DegradationModulationModule(Width(level), config.Heads[level], config)).ToArray());
        RegisterComponents();

        long Width(int level) => (long)config.Dim << level;

        ModuleList<GatedBlock> Blocks(int level) => new(Enumerable.Range(0, config.BlockCounts[level])
            .Select(_ => new GatedBlock(Width(level), config.TextDim)).ToArray());

        static ModuleList<T> Each<T>(Func<int, T> make)
            where T : nn.Module => new(Enumerable.Range(0, LevelCount - 1).Select(make).ToArray());
    }

    /// <param name="image">Degraded picture, [B, 3, H, W] float32 in 0..1; H and W are multiples of <see cref="LlmraConfig.SizeMultiple"/>.</param>
    /// <param name="context">Z, [B, N, D].</param>
    /// <returns>Restored picture, [B, 3, H, W], not clamped; the caller disposes it.</returns>
    public override Tensor forward(Tensor image, Tensor context)
    {
        using var scope = NewDisposeScope();
        var fold = config.PixelUnshuffle;
        var features = intro.call(fold == 1 ? image : nn.functional.pixel_unshuffle(image, fold));   // [B, C, H/f, W/f]
        var skips = new Stack<Tensor>();
        for (var level = 0; level < LevelCount - 1; level++)
        {
            features = Through(encoders[level], features, context);
            skips.Push(features);
            features = downs[level].call(features);                             // half the sides, twice the channels
        }

        features = Modulate(0, Through(bottom, features, context), context);
        for (var level = LevelCount - 2; level >= 0; level--)
        {
            features = nn.functional.pixel_shuffle(ups[level].call(features), 2) + skips.Pop();
            features = Modulate(LevelCount - 1 - level, Through(decoders[level], features, context), context);
        }

        var residual = ending.call(features);
        if (fold > 1)
            residual = nn.functional.pixel_shuffle(residual, fold);             // [B, 3, H, W]
        return (image + residual).MoveToOuterDisposeScope();
    }

    private static Tensor Through(IEnumerable<GatedBlock> blocks, Tensor features, Tensor context) =>
        blocks.Aggregate(features, (current, block) => block.call(current, context));

    private Tensor Modulate(int index, Tensor features, Tensor context) =>
        index < modulations.Count ? modulations[index].call(features, context) : features;
}
