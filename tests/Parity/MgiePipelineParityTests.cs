using System.Globalization;
using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>MGIE from picture and prompt to the edited picture, through the class that the cluster serves, and its training objective.</summary>
public sealed class MgiePipelineParityTests
{
    private const string Prefix = "pipeline_mgie";

    [Fact]
    public void Pipeline_ReferencePictureAndPrompt_GivesTheReferenceEdit() => Fixture.ForEach(Prefix, fixture =>
    {
        foreach (var @case in fixture.Cases.Where(name => fixture.Io.Entries.ContainsKey($"{name}.in.step_noise")))
            Run(fixture, @case);
    });

    [Fact]
    public void Express_ReferencePrompts_GivesTheReferenceWordsAndFeatures() => Fixture.ForEach(Prefix, fixture =>
    {
        foreach (var @case in fixture.Cases.Where(name => fixture.Io.Entries.ContainsKey($"{name}.out.first_img_position")))
            Express(fixture, @case);
    });

    [Fact]
    public void Training_ReferenceBatch_GivesTheReferenceLossesAndGradients() => Fixture.ForEach(Prefix, fixture =>
    {
        foreach (var @case in fixture.Cases.Where(name => fixture.Io.Entries.ContainsKey($"{name}.in.p2p_ans")))
            Train(fixture, @case);
    });

    [Fact]
    public void Objective_ReferenceTensors_GivesTheReferenceLossesAndGradients() => Fixture.ForEach("training_objectives", fixture =>
    {
        using var scope = NewDisposeScope();
        Assert.Equal(MgieObjective.EditWeight, fixture.Config.GetProperty("mgie_edit_weight").GetDouble());
        var (isTextDropped, keepsPicture) = MgieObjective.Drop(fixture.Read("mgie.in.prob"), fixture.Config.GetProperty("mgie_drop").GetDouble());
        fixture.AssertLevels("mgie.out.null_text_mask", isTextDropped);
        fixture.AssertClose("mgie.out.image_keep_mask", keepsPicture);
        fixture.AssertClose("mgie.out.hid_after_dropout", MgieObjective.DropText(fixture.Read("mgie.in.hid_edit"), fixture.Read("mgie.in.hid_null"), isTextDropped));
        fixture.AssertClose("mgie.out.lat_inp_after_dropout", MgieObjective.DropPicture(fixture.Read("mgie.in.lat_inp"), keepsPicture));

        var (logits, prediction) = (fixture.Read("mgie.in.logits").requires_grad_(true), fixture.Read("mgie.in.model_output").requires_grad_(true));
        var writing = MgieObjective.Writing(logits, fixture.Read("mgie.in.labels"));
        var edit = DenoisingObjective.Loss(prediction, fixture.Read("mgie.in.noise"));
        var total = MgieObjective.Total(writing, edit);
        fixture.AssertClose("mgie.out.loss_ce", writing);
        fixture.AssertClose("mgie.out.loss_edit", edit);
        fixture.AssertClose("mgie.out.loss_total", total);
        total.backward();
        fixture.AssertClose("mgie.out.grad_logits", logits.grad!);
        fixture.AssertClose("mgie.out.grad_model_output", prediction.grad!);
    });

    private static void Run(Fixture fixture, string @case)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var picture = fixture.Read($"{@case}.in.image_u8");                      // [H, W, 3]
        var preprocessed = fixture.Read($"{@case}.in.preprocessed");
        var (height, width) = ((int)preprocessed.shape[2], (int)preprocessed.shape[3]);
        var ours = VaeImageProcessor.Preprocess(picture, width, height);
        Assert.Equal(preprocessed.data<float>().ToArray(), ours.data<float>().ToArray());

        var scheduler = Schedule(fixture);
        var steps = fixture.Meta.GetProperty("num_inference_steps").GetInt32();
        var guidance = fixture.Meta.GetProperty("guidance");
        var generation = fixture.Meta.GetProperty("generation");
        var words = new List<long>();
        using var pipeline = new MgiePipeline(
            Networks(fixture), _ => fixture.Read($"{@case}.in.input_ids").data<long>().ToArray(), written => { words.AddRange(written); return "read"; },
            scheduler, new PipelineProfile(MgiePipeline.PipelineName, fixture.Name, string.Empty, 512, 64, 8, 512), CPU)
        {
            Noise = new RecordedNoise(fixture, @case),
            MaxNewTokens = generation.GetProperty("max_new_tokens").GetInt32(),
            NoRepeatNGramSize = generation.GetProperty("no_repeat_ngram_size").GetInt32(),
        };
        var settings = new RunSettings(
            Steps: steps, GuidanceScale: guidance.GetProperty("text").GetDouble(), ImageGuidanceScale: guidance.GetProperty("image").GetDouble());
        Assert.Equal(steps, pipeline.CountSteps(settings));
        using var conditioning = pipeline.Prepare(EightBitImage.ToUnit(picture), new Instruction(InstructionKind.Refine, "given as tokens"), settings);
        Assert.Equal("read", conditioning.Words);
        fixture.AssertLevels($"{@case}.out.sequence", cat([fixture.Read($"{@case}.in.input_ids"), tensor(words.ToArray()).unsqueeze(0)], 1));
        fixture.AssertClose($"{@case}.out.edit_embeds", conditioning["text"]);
        fixture.AssertClose($"{@case}.out.null_embeds", conditioning["null"]);

        var euler = (EulerAncestralScheduler)scheduler.Create(steps);
        fixture.AssertClose($"{@case}.out.timesteps", tensor(euler.Timesteps.ToArray()));
        fixture.AssertClose($"{@case}.out.sigmas", tensor(euler.Sigmas.ToArray()));
        var context = new StepContext(conditioning, 0, steps, 0, 0);
        var state = pipeline.Encode((preprocessed + 1) / 2, context);
        fixture.AssertClose($"{@case}.out.image_latents", pipeline.Picture(state));
        fixture.AssertClose($"{@case}.out.initial_latents", pipeline.Sample(state));
        AssertPredictions(fixture, @case, euler, pipeline.Sample(state), pipeline.Picture(state), conditioning);
        var prefix = $"{@case}.out.latent_after_step_";
        var recorded = fixture.Io.Entries.Keys
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(key => int.Parse(key[prefix.Length..], CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Contains(steps, recorded);
        for (var step = 0; step < steps; step++)
        {
            state = pipeline.Step(state, [context with { Step = step }]);
            if (recorded.Contains(step + 1))
                fixture.AssertClose($"{prefix}{step + 1}", pipeline.Sample(state));
        }

        fixture.AssertClose($"{@case}.out.decoded", pipeline.Decode(state));
        fixture.AssertLevels($"{@case}.out.final_u8", EightBitImage.FromUnit(pipeline.Finish(state)).to(ScalarType.Float32));
    }

    // What the UNet answers at the first step to text and picture, to the picture and to neither.
    private static void AssertPredictions(
        Fixture fixture, string @case, EulerAncestralScheduler scheduler, Tensor sample, Tensor image, Conditioning conditioning)
    {
        using var networks = Networks(fixture);
        using var state = scheduler.Start(sample);
        var (input, timestep) = (scheduler.ModelInput(state), tensor(new[] { (float)scheduler.Timesteps[0] }));
        Assert("text", conditioning["text"], image);
        Assert("image", conditioning["null"], image);
        Assert("uncond", conditioning["null"], zeros_like(image));

        void Assert(string name, Tensor text, Tensor picture) =>
            fixture.AssertClose($"{@case}.out.eps_{name}_step_1", networks.UNet.call(cat([input, picture], 1), timestep, text));
    }

    private static void Express(Fixture fixture, string @case)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var networks = Networks(fixture);
        var generation = fixture.Meta.GetProperty("generation");
        var most = fixture.Io.Entries.ContainsKey($"{@case}.in.max_new_tokens")
            ? (int)fixture.Read($"{@case}.in.max_new_tokens").to(ScalarType.Int64).item<long>()
            : generation.GetProperty("max_new_tokens").GetInt32();
        var prompt = fixture.Read($"{@case}.in.input_ids");
        using var expressed = networks.Express(
            fixture.Read($"{@case}.in.clip_pixels"), prompt.data<long>().ToArray(), most, generation.GetProperty("no_repeat_ngram_size").GetInt32());
        fixture.AssertLevels($"{@case}.out.sequence", cat([prompt, tensor(expressed.Tokens.ToArray()).unsqueeze(0)], 1));
        fixture.AssertLevels($"{@case}.out.first_img_position", tensor(expressed.Position));
        fixture.AssertClose($"{@case}.out.img_hidden_states", expressed.States);
        fixture.AssertClose($"{@case}.out.edit_embeds", expressed.Features);
    }

    private static void Train(Fixture fixture, string @case)
    {
        using var scope = NewDisposeScope();
        using var networks = Networks(fixture);
        var losses = new MgieObjective(networks, new NoiseSchedule(Schedule(fixture))).Compute(
            new MgieBatch(Input("input_ids"), Input("labels"), Input("attention_mask"), Input("clip_pixels"), Input("p2p_inp"), Input("p2p_ans")),
            new MgieDraws(Input("vae_eps"), Input("noise"), Input("t"), Input("prob")));
        fixture.AssertClose($"{@case}.out.logits", losses.Logits);
        fixture.AssertClose($"{@case}.out.edit_embeds_after_dropout", losses.Steering);
        fixture.AssertClose($"{@case}.out.unet_input", losses.Input);
        fixture.AssertClose($"{@case}.out.model_output", losses.Prediction);
        fixture.AssertClose($"{@case}.out.loss_ce", losses.Writing);
        fixture.AssertClose($"{@case}.out.loss_edit", losses.Edit);
        fixture.AssertClose($"{@case}.out.loss_total", losses.Total);

        losses.Total.backward();
        (string Prefix, nn.Module Network)[] trained = [("llm.", networks.Language), ("edit_head.", networks.Head), ("unet.", networks.UNet)];
        var weights = trained
            .SelectMany(part => part.Network.named_parameters().Select(pair => KeyValuePair.Create(part.Prefix + pair.name, (Tensor)pair.parameter)))
            .ToDictionary();
        fixture.AssertGradients(@case, name => weights[name]);

        Tensor Input(string name) => fixture.Read($"{@case}.in.{name}");
    }

    private static SchedulerConfig Schedule(Fixture fixture) =>
        SchedulerConfigReader.Read(fixture.Meta.GetProperty("scheduler"), SchedulerKind.EulerAncestral);

    private static MgieNetworks Networks(Fixture fixture)
    {
        var config = fixture.Config;
        var tokens = config.GetProperty("tokens");
        var vision = ClipVisionConfig.Parse(config.GetProperty("clip_vision"));
        return new MgieNetworks(
            Load(new ClipVisionModel(vision), "clip."),
            Load(new LlamaForCausalLm(LlamaConfig.Parse(config.GetProperty("llm")) with { VisionWidth = vision.Width }), "llm."),
            Load(new EditHead(EditHeadConfig.Parse(config.GetProperty("edit_head"))), "edit_head."),
            fixture.Weights.Read("emb"),
            Load(new UNet2DCondition(UNetConfig.Parse(config.GetProperty("unet"))), "unet."),
            Load(new AutoencoderKL(AutoencoderConfig.Parse(config.GetProperty("vae"))), "vae."),
            new MgieTokens(Token("im_patch"), Token("im_start"), Token("im_end"), Token("img0")))
        {
            FeatureLayer = config.GetProperty("mm_vision_select_layer").GetInt32(),
        };

        long Token(string name) => tokens.GetProperty(name).GetInt64();

        T Load<T>(T network, string prefix)
            where T : nn.Module
        {
            CheckpointLoader.Load(network, fixture.Weights, prefix);
            return network;
        }
    }
}
