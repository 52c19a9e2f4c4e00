using System.Diagnostics;
using System.Text.Json;
using Darkroom.Grains.Devices;
using Darkroom.Models.Guidance;
using Darkroom.Models.Layers;
using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>A small guided diffusion model with the real UNet and scheduler, random weights, and an own autoencoder: pixels in blocks.</summary>
/// <param name="trace">Notes the passes.</param>
/// <param name="network">The network, or null for none: then a step is next to nothing, and what is measured is all around it.</param>
/// <param name="pace">Without a network: how long a pass of so many rows takes, as on a device that works beside the CPU; or null.</param>
internal sealed class SmallDiffusion(PassTrace trace, UNet2DCondition? network, Func<int, TimeSpan>? pace = null) : IRestorationPipeline
{
    public const string ModelName = "small-diffusion";
    public const string EmptyName = "no-network";
    public const string PacedName = "paced";
    public const int Side = 64;                                                 // pixels of the one tile
    private const int Cell = 8;                                                 // 8 x 8 cells of 4 channels
    private const int TextWidth = 64;
    private const int Tokens = 16;
    private const double DefaultGuidance = 2;

    private readonly SchedulerSet schedulers = new(new SchedulerConfig { Kind = SchedulerKind.Ddim });

    public PipelineProfile Profile { get; } = new(
        "bench", network is not null ? ModelName : pace is not null ? PacedName : EmptyName, network is not null ? "01" : pace is not null ? "02" : "00", TileSize: Side, TileOverlap: 8, SizeMultiple: Cell, OverviewSize: 16);

    /// <summary>Makes the network.</summary>
    public static UNet2DCondition Network()
    {
        var settings = JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["in_channels"] = 4,
            ["out_channels"] = 4,
            ["down_block_types"] = (string[])["CrossAttnDownBlock2D", "DownBlock2D"],
            ["up_block_types"] = (string[])["UpBlock2D", "CrossAttnUpBlock2D"],
            ["block_out_channels"] = (int[])[32, 64],
            ["attention_head_dim"] = (int[])[2, 4],
            ["layers_per_block"] = 1,
            ["cross_attention_dim"] = TextWidth,
            ["norm_num_groups"] = 8,
            ["norm_eps"] = 1e-5,
            ["use_linear_projection"] = true,
        });
        var network = new UNet2DCondition(UNetConfig.Parse(settings));
        Initializer.Reset(network, seed: 1);
        network.eval();
        return network;
    }

    public int CountSteps(RunSettings settings) => settings.Steps ?? 50;

    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        using var scope = NewDisposeScope();
        var context = new StepContext(null!, 0, 1, settings.Seed, 0);
        return new Conditioning(
        [
            new("text", RunNoise.Normal(context, NoiseStage.Encoding, [1, Tokens, TextWidth])),
            new("guidance", full([1], settings.GuidanceScale ?? DefaultGuidance)),
        ]);
    }

    public Tensor Encode(Tensor tile, StepContext context)
    {
        trace.Encoded(context.Seed);
        using var scope = NewDisposeScope();
        var cells = nn.functional.avg_pool2d(tile, Cell);                       // [1, 3, 8, 8]
        var noise = RunNoise.Normal(context, NoiseStage.InitialLatent, [1, 4, tile.shape[2] / Cell, tile.shape[3] / Cell]);
        return (cat([cells, cells.mean([1], keepdim: true)], 1) + noise).MoveToOuterDisposeScope();   // [1, 4, 8, 8]
    }

    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        var begun = Stopwatch.GetTimestamp();
        if (pace is not null)
            Thread.Sleep(pace(contexts.Count));
        var stepped = network is null ? latents * 0.99f : Denoise(network, latents, contexts);
        trace.Add(new TracedPass(begun, Stopwatch.GetTimestamp(), [.. contexts.Select(row => (row.Seed, row.Step))]));
        return stepped;
    }

    public Tensor Finish(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return nn.functional.interpolate(latents.narrow(1, 0, 3), scale_factor: [Cell, Cell]).clamp(0, 1).MoveToOuterDisposeScope();
    }

    public void Dispose() => network?.Dispose();

    // Conditional and unconditional halves in one forward pass, each row at its own timestep and guidance.
    private Tensor Denoise(UNet2DCondition unet, Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var text = cat(contexts.Select(row => row.Conditioning["text"]).ToArray(), 0);
        var timesteps = schedulers.Timesteps(contexts, CPU);
        var input = schedulers.ModelInput(latents, contexts);
        var halves = unet.call(cat([input, input], 0), cat([timesteps, timesteps], 0), cat([zeros_like(text), text], 0));
        var guided = ClassifierFreeGuidance.Combine(
            halves.narrow(0, 0, contexts.Count), halves.narrow(0, contexts.Count, contexts.Count), [.. contexts.Select(row => row.Conditioning["guidance"].ToDouble())]);
        return schedulers.Step(latents, guided, contexts, row => RunNoise.Normal(row, NoiseStage.Step, [1, .. guided.shape[1..]])).MoveToOuterDisposeScope();
    }
}

/// <summary>Loads the small model, with and without its network, and on a device of a known pace.</summary>
internal sealed class SmallDiffusionLoader(PassTrace trace) : IPipelineLoader
{
    public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([SmallDiffusion.EmptyName, SmallDiffusion.ModelName, SmallDiffusion.PacedName]);

    public LoadedModel Load(string model, Device device) => new(
        new SmallDiffusion(trace, model == SmallDiffusion.ModelName ? SmallDiffusion.Network() : null, model == SmallDiffusion.PacedName ? rows => TimeSpan.FromMilliseconds(12 + (3 * rows)) : null),
        null, 0);
}
