using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.T5;
using Darkroom.Models.Tokenizers;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using Darkroom.Models.VlmImi;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.VlmImi;

/// <summary>VLM-IMI's training on photographs: the paper's, and before it, where there is no Stable Diffusion, that of its stand-in.</summary>
public sealed class VlmImiRecipe : ITrainingRecipe
{
    private const int ScalePictures = 64;
    private const int ScaleSeed = 1;

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["text"] = "t5-encoder", ["ipfm"] = "ipfm", ["unet"] = "unet", ["controlnet"] = "controlnet", ["vae"] = "vae",
    };

    private readonly VlmImiTrainingOptions options;
    private readonly TrainingCheckpoint checkpoint;
    private readonly VlmImiNetworks networks;
    private readonly SchedulerConfig scheduler;
    private readonly LowLightPairs pairs;
    private readonly SentencePieceTokenizer tokenizer;
    private readonly string[] learned;

    /// <summary>Loads the networks.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Checkpoint and pictures.</param>
    /// <exception cref="Darkroom.Models.Checkpoints.InvalidCheckpointException">A network is missing, damaged, or could not be written back.</exception>
    /// <exception cref="ArgumentException">The networks do not fit each other, or no picture is bright enough.</exception>
    public VlmImiRecipe(VlmImiTrainingOptions options, TrainingSetup setup)
    {
        this.options = options;
        checkpoint = setup.OpenCheckpoint();
        learned = options.Part switch
        {
            VlmImiTrainingPart.Autoencoder => ["vae"],
            VlmImiTrainingPart.Base => ["text", "ipfm", "unet"],
            _ => ["ipfm", "controlnet"],
        };
        foreach (var name in learned)
            TrainingCheckpoint.RequireWritable(checkpoint.Only(Kinds[name]));
        pairs = new LowLightPairs(setup.Pictures.Tiles, options);
        scheduler = checkpoint.ReadScheduler(SchedulerKind.Ddpm);
        tokenizer = checkpoint.ReadSentencePiece(checkpoint.Only("t5-encoder"));
        networks = new VlmImiNetworks(
            checkpoint.Load<T5Encoder>("t5-encoder"), checkpoint.Load<InstructionPriorFusionModule>("ipfm"), checkpoint.Load<UNet2DCondition>("unet"),
            checkpoint.Load<ControlNet>("controlnet"), checkpoint.Load<AutoencoderKL>("vae"));
        if (options is { Part: VlmImiTrainingPart.Enhancement, StartsControlNet: true })
            ControlNetStart.Apply(networks.ControlNet, networks.UNet);
        Parts = [new TrainedPart("vlm-imi", [.. learned.SelectMany(ParametersOf)], MakeCompute())];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <inheritdoc/>
    public void Begin() => checkpoint.CopyFiles();

    /// <inheritdoc/>
    public void Export()
    {
        foreach (var name in learned)
            checkpoint.Write(checkpoint.Only(Kinds[name]), networks.All[name]);
        if (options.Part == VlmImiTrainingPart.Autoencoder)
            WriteScalingFactor();
    }

    /// <inheritdoc/>
    public void Dispose() => networks.Dispose();

    private IEnumerable<(string Name, Parameter Parameter)> ParametersOf(string name) =>
        networks.All[name].named_parameters().Select(pair => ($"{name}.{pair.name}", pair.parameter));

    private Func<TrainingDraw, StepLosses> MakeCompute()
    {
        var side = options.PictureSize / networks.Vae.Config.PixelsPerCell;
        long[] latentShape = [options.BatchSize, networks.Vae.Config.LatentChannels, side, side];
        switch (options.Part)
        {
            case VlmImiTrainingPart.Autoencoder:
                return draw => StandInObjectives.Autoencoder(
                    networks.Vae, pairs.Pictures(draw, options.BatchSize).to(checkpoint.Device), draw.Normal(checkpoint.Device, latentShape), options.DivergenceWeight);
            case VlmImiTrainingPart.Base:
                var schedule = new NoiseSchedule(scheduler);
                return draw => One(StandInObjectives.Base(networks, schedule, scheduler.PredictionType, Next(draw)));
            default:
                var objective = new VlmImiObjective(networks, scheduler);
                return draw =>
                {
                    var batch = Next(draw);
                    using var pass = objective.Run(batch);
                    return One(objective.Loss(batch, pass));
                };
        }

        VlmImiBatch Next(TrainingDraw draw) => pairs.Next(
            draw, text => tokenizer.EncodePadded(text, VlmImiPipeline.TextTokens), scheduler.TrainTimesteps, latentShape, checkpoint.Device);

        static StepLosses One(Tensor loss) => new(loss, ("denoising", loss));
    }

    // The UNet's latents are to have a spread of about 1; their factor is a matter of the VAE's configuration.
    private void WriteScalingFactor()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var draw = new TrainingDraw(ScaleSeed, 0);
        using var latents = networks.Vae.Encode(pairs.Pictures(draw, ScalePictures).to(checkpoint.Device));
        var path = checkpoint.TargetBeside(checkpoint.Only(Kinds["vae"]), WeightFiles.ConfigName);
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["scaling_factor"] = Math.Round(1 / latents.Mean().std().ToDouble(), 5);
        File.WriteAllText(path, config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }
}
