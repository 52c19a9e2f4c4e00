using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.T5;
using Darkroom.Models.Training.Objectives;
using Darkroom.Models.VlmImi;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity.Pipelines;

/// <summary>The whole loop of VLM-IMI through the class that the cluster serves, with the fixture's noise in place of the seed's.</summary>
public sealed class VlmImiPipelineParityTests
{
    private const string Prefix = "pipeline_vlm_imi";

    public static TheoryData<string> Fixtures => PipelineFixtures.Named(Prefix);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pipeline_ReferenceWeights_GivesTheReferenceLatentsAndPicture(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        foreach (var @case in fixture.Meta.GetProperty("cases").EnumerateObject())
        {
            using var scope = NewDisposeScope();
            AssertCase(fixture, @case.Name, @case.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Objective_ReferenceBatch_GivesTheReferenceLossesAndGradients(string name)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        using var networks = Load(fixture);
        var scheduler = fixture.Meta.GetProperty("cases").EnumerateObject().First().Value.GetProperty("config");
        var objective = new VlmImiObjective(networks, SchedulerConfigReader.Read(scheduler, SchedulerKind.Ddpm));
        Tensor Input(string key) => fixture.Read($"train.in.{key}");
        var batch = new VlmImiBatch(
            Input("image"), Input("condition_image"), Input("input_ids"), Input("attention_mask"), Input("t"), Input("vae_eps"), Input("noise"));
        foreach (var (loss, prediction) in ((string, PredictionType)[])[("epsilon", PredictionType.Epsilon), ("v", PredictionType.Velocity)])
        {
            using var pass = objective.Run(batch);
            fixture.AssertClose("train.out.clean_latent", pass.Clean);
            fixture.AssertClose("train.out.noisy_latent", pass.Noisy);
            fixture.AssertClose("train.out.prompt_embeds", pass.Tokens);
            fixture.AssertClose("train.out.model_output", pass.Answer);
            var value = objective.Loss(batch, pass, prediction);
            fixture.AssertClose($"train.out.loss_{loss}", value);
            PipelineFixtures.AssertGradients(fixture, value, objective.Learned, $"train.out.grad.{loss}.", $"train.out.grad_norm.{loss}");
            Assert.DoesNotContain(networks.UNet.parameters(), parameter => parameter.grad is not null);
        }
    }

    private static void AssertCase(Fixture fixture, string name, JsonElement @case)
    {
        Tensor Input(string key) => fixture.Read($"{name}.in.{key}");
        var timestep = @case.GetProperty("ipfm_timestep").GetInt32();
        Assert.Equal(timestep, Input("ipfm_timestep").ToInt32());
        var kind = PipelineFixtures.KindOf(@case);
        using var networks = Load(fixture);
        using var pipeline = new VlmImiPipeline(
            networks,
            _ => (Input("input_ids")[0].data<long>().ToArray(), Input("attention_mask")[0].data<long>().ToArray()),
            wanted => wanted == kind ? SchedulerConfigReader.Read(@case.GetProperty("config"), kind) : new SchedulerConfig { Kind = wanted },
            new PipelineProfile(VlmImiPipeline.PipelineName, fixture.Name, string.Empty, 512, 64, networks.Vae.Config.PixelsPerCell, 64),
            CPU)
        {
            Noise = new GivenNoise(Input("latents"), fixture.Io.Entries.ContainsKey($"{name}.in.step_noise") ? Input("step_noise") : null),
            IpfmTimestep = _ => timestep,
            ControlScale = Input("conditioning_scale").ToDouble(),
        };

        var settings = new RunSettings(Steps: @case.GetProperty("num_inference_steps").GetInt32(), Scheduler: kind == SchedulerKind.UniPc ? "unipc" : "ddpm");
        var size = @case.GetProperty("network_size");
        var picture = VaeImageProcessor.Preprocess(Input("image_u8"), size[1].GetInt32(), size[0].GetInt32());
        fixture.AssertClose($"{name}.in.preprocessed", picture, 1e-6, 0);

        var steps = pipeline.CountSteps(settings);
        using var conditioning = pipeline.Prepare(picture, new Instruction(InstructionKind.Refine, "as the fixture says"), settings);
        fixture.AssertClose($"{name}.out.text_embedding", networks.TextEncoder.call(Input("input_ids"), Input("attention_mask")));
        fixture.AssertClose($"{name}.out.prompt_embeds", conditioning["tokens"]);
        var context = new StepContext(conditioning, 0, steps, 0, 0);
        var latent = pipeline.Encode((picture + 1) / 2, context);
        AssertFirstPrediction(fixture, name, networks, conditioning["tokens"], picture, pipeline.ControlScale);
        for (; context.Step < steps; context = context with { Step = context.Step + 1 })
        {
            latent = pipeline.Step(latent, [context]);
            if (fixture.Io.Entries.ContainsKey($"{name}.out.latent_after_step_{context.Step + 1}"))
                fixture.AssertClose($"{name}.out.latent_after_step_{context.Step + 1}", Sample(latent, networks));
        }

        fixture.AssertClose($"{name}.out.decoded", networks.Decode(Sample(latent, networks)));
        var decoded = EightBitImage.FromUnit(pipeline.Finish(latent));
        PipelineFixtures.AssertPicture(fixture, $"{name}.out.decoded_u8", decoded);
        var input = Input("image_u8");
        PipelineFixtures.AssertPicture(
            fixture, $"{name}.out.final_u8", EightBitImage.Resize(decoded, (int)input.shape[1], (int)input.shape[0], ResampleFilter.Bicubic));
    }

    private static void AssertFirstPrediction(Fixture fixture, string name, VlmImiNetworks networks, Tensor tokens, Tensor picture, double scale)
    {
        var (noisy, timesteps) = (fixture.Read($"{name}.in.latents"), fixture.Read($"{name}.out.timesteps"));
        using var residuals = networks.ControlNet.Run(noisy, timesteps[0], tokens, picture, scale);
        fixture.AssertClose($"{name}.out.controlnet_mid_step_1", residuals.Middle!);
        fixture.AssertClose($"{name}.out.controlnet_down0_step_1", residuals.Skips[0]);
        fixture.AssertClose($"{name}.out.model_output_step_1", networks.Predict(noisy, timesteps[0], tokens, picture, scale));
    }

    private static Tensor Sample(Tensor latent, VlmImiNetworks networks) => latent.narrow(1, 0, networks.Vae.Config.LatentChannels);

    private static VlmImiNetworks Load(Fixture fixture)
    {
        var config = fixture.Config;
        var networks = new VlmImiNetworks(
            new T5Encoder(T5EncoderConfig.Parse(config.GetProperty("text"))),
            new InstructionPriorFusionModule(IpfmConfig.Parse(config.GetProperty("ipfm"))),
            new UNet2DCondition(UNetConfig.Parse(config.GetProperty("unet"))),
            new ControlNet(ControlNetConfig.Parse(config.GetProperty("controlnet"))),
            new AutoencoderKL(AutoencoderConfig.Parse(config.GetProperty("vae"))));
        foreach (var (prefix, network) in networks.All)
            CheckpointLoader.Load(network, fixture.Weights, prefix + ".");
        return networks;
    }
}
