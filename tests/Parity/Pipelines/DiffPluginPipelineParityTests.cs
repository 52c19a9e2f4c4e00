using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Preprocessing;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity.Pipelines;

/// <summary>The whole loop of Diff-Plugin through the class that the cluster serves, with the fixture's noise in place of the seed's.</summary>
public sealed class DiffPluginPipelineParityTests
{
    private const string Prefix = "pipeline_diff_plugin";
    private const string FirstOfSequence = "sequence_task1";

    public static TheoryData<string> Fixtures => PipelineFixtures.Named(Prefix);

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pipeline_OneTask_GivesTheReferenceLatentsAndPicture(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        foreach (var @case in fixture.Meta.GetProperty("cases").EnumerateObject().Where(@case => !@case.Name.StartsWith("sequence_", StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            using var run = new Loop(fixture, @case.Name, [@case.Value]);
            run.AssertPreparation(@case.Name);
            run.AssertTask(@case.Name, stage: 0);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pipeline_TwoTasksOfOneSentence_GiveTheReferenceLatentsAndPictures(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        var cases = fixture.Meta.GetProperty("cases");
        foreach (var second in cases.EnumerateObject().Where(@case => @case.Name.StartsWith("sequence_task2", StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            using var run = new Loop(fixture, FirstOfSequence, [cases.GetProperty(FirstOfSequence), second.Value]);
            run.AssertPreparation(FirstOfSequence);
            run.AssertTask(FirstOfSequence, stage: 0);
            run.AssertTask(second.Name, stage: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pipeline_RowsOfSeveralTasksAndSteps_AreAsAlone(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var cases = fixture.Meta.GetProperty("cases");
        using var both = new Loop(fixture, FirstOfSequence, [cases.GetProperty(FirstOfSequence), cases.GetProperty("sequence_task2")]);
        using var other = both.Prepare([1]);                                    // the other task alone
        var steps = both.Steps;
        var (first, second) = (new StepContext(both.Conditioning, 0, steps, 0, 0), new StepContext(other, 0, 4, 0, 0));
        var (latent, mate) = (both.Pipeline.Encode(both.Tile, first), both.Pipeline.Encode(both.Tile, second));
        for (var step = 0; step < steps; step++)
        {
            var (row, mateRow) = (first with { Step = step }, second with { Step = step % 4 });
            var together = both.Pipeline.Step(cat([latent, mate], 0), [row, mateRow]);
            latent = both.Pipeline.Step(latent, [row]);
            mate = both.Pipeline.Step(mate, [mateRow]);
            Assert.True(allclose(together, cat([latent, mate], 0), 1e-4, 1e-4), $"step {step}");
            if (step % 4 == 3)
                mate = both.Pipeline.Encode(both.Tile, second);
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Objective_ReferenceBatch_GivesTheReferenceLossAndGradients(string name)
    {
        using var fixture = Fixture.Open(name);
        using var scope = NewDisposeScope();
        using var networks = Load(fixture);
        var objective = new DiffPluginObjective(networks, task: 0, Scheduler(fixture));
        Tensor Input(string key) => fixture.Read($"train.in.{key}");
        var batch = new DiffPluginBatch(Input("target"), Input("condition"), Input("t"), Input("vae_eps"), Input("noise"));
        using var pass = objective.Run(batch);
        fixture.AssertClose("train.out.clip_pixels", objective.ClipPixels(batch.Degraded));
        fixture.AssertClose("train.out.scb_cond", objective.PictureLatent(batch.Degraded));
        fixture.AssertClose("train.out.prompt_embeds", pass.Tokens);
        fixture.AssertClose("train.out.clean_latent", pass.Clean);
        fixture.AssertClose("train.out.noisy_latent", pass.Noisy);
        fixture.AssertClose("train.out.model_output", pass.Answer);
        var loss = DiffPluginObjective.Loss(batch, pass);
        fixture.AssertClose("train.out.loss", loss);
        var learned = objective.Learned.Select(pair => (pair.Name.Replace("tpb.", "tpb_a.", StringComparison.Ordinal).Replace("scb.", "scb_a.", StringComparison.Ordinal), pair.Parameter));
        PipelineFixtures.AssertGradients(fixture, loss, learned, "train.out.grad.", "train.out.grad_norm");
        Assert.DoesNotContain(networks.UNet.parameters(), parameter => parameter.grad is not null);
    }

    private static SchedulerConfig Scheduler(Fixture fixture) =>
        SchedulerConfigReader.Read(fixture.Config.GetProperty("scheduler"), SchedulerKind.UniPc, DiffusersRules.Version017);

    private static DiffPluginNetworks Load(Fixture fixture)
    {
        var config = fixture.Config;
        T Filled<T>(T network, string prefix)
            where T : nn.Module
        {
            CheckpointLoader.Load(network, fixture.Weights, prefix + ".");
            return network;
        }

        TaskPlugin Plugin(string task) => new(
            task,
            Filled(new TaskPromptBranch(TaskPromptBranchConfig.Parse(config.GetProperty("tpb"))), $"tpb_{task}"),
            Filled(new SpatialComplementBranch(SpatialComplementBranch.ParseConfig(config.GetProperty("scb"))), $"scb_{task}"))
        {
            StartsFromNoise = fixture.Meta.GetProperty("cases").EnumerateObject().Any(@case => TaskOf(@case.Value) == task && @case.Value.GetProperty("pure_noise_start").GetBoolean()),
        };

        return new DiffPluginNetworks(
            Filled(new ClipVisionModel(ClipVisionConfig.Parse(config.GetProperty("clip_vision"))), "clip"),
            Filled(new UNet2DCondition(UNetConfig.Parse(config.GetProperty("unet"))), "unet"),
            Filled(new AutoencoderKL(AutoencoderConfig.Parse(config.GetProperty("vae"))), "vae"),
            [Plugin("a"), Plugin("b")]);
    }

    private static string TaskOf(JsonElement @case) => @case.GetProperty("task").GetString()!;

    /// <summary>A run of one or two tasks, stepped as the device does.</summary>
    private sealed class Loop : IDisposable
    {
        private readonly Fixture fixture;
        private readonly JsonElement[] tasks;
        private readonly string first;
        private readonly DiffPluginNetworks networks;
        private readonly Fixed chooser = new();
        private readonly RunSettings settings;
        private Tensor? latent;
        private int step;

        public Loop(Fixture fixture, string first, JsonElement[] tasks)
        {
            (this.fixture, this.first, this.tasks) = (fixture, first, tasks);
            networks = Load(fixture);
            settings = new RunSettings(Steps: tasks[0].GetProperty("num_inference_steps").GetInt32());
            Pipeline = new DiffPluginPipeline(
                networks, chooser, Scheduler(fixture), new PipelineProfile(DiffPluginPipeline.PipelineName, fixture.Name, string.Empty, 512, 64, 8, 512), CPU)
            {
                Noise = new GivenNoise(Input("noise"), null),
                RenoiseFrom = tasks[0].GetProperty("time_threshold").GetInt32(),
            };
            Tile = (Input("preprocessed") + 1) / 2;
            Conditioning = Prepare([.. tasks.Select(task => TaskOf(task) == "a" ? 0 : 1)]);
        }

        public DiffPluginPipeline Pipeline { get; }

        public Conditioning Conditioning { get; }

        public Tensor Tile { get; }

        public int Steps => Pipeline.CountSteps(settings, Conditioning);

        public Conditioning Prepare(int[] chosen)
        {
            chooser.Chosen = chosen;
            return Pipeline.Prepare(EightBitImage.ToUnit(Input("image_u8")), new Instruction(InstructionKind.Refine, "as the fixture says"), settings);
        }

        public void AssertPreparation(string name)
        {
            var size = tasks[0].GetProperty("network_size");
            var resized = Input("resized_u8");
            PipelineFixtures.AssertPicture(fixture, $"{name}.in.resized_u8", EightBitImage.Resize(Input("image_u8"), (int)resized.shape[1], (int)resized.shape[0], ResampleFilter.Bicubic), 0);
            fixture.AssertClose($"{name}.in.preprocessed", VaeImageProcessor.Preprocess(resized, size[1].GetInt32(), size[0].GetInt32()), 1e-6, 0);
            var pixels = ClipImageProcessor.Process(Input("image_u8"), networks.Vision.Config.ImageSide);
            fixture.AssertClose($"{name}.in.clip_pixels", pixels, 1e-5, 0);
            fixture.AssertClose($"{name}.out.clip_tokens", networks.SeeTokens(pixels));
        }

        public void AssertTask(string name, int stage)
        {
            var task = tasks[stage];
            var index = TaskOf(task) == "a" ? 0 : 1;
            var count = task.GetProperty("num_inference_steps").GetInt32();
            var prompts = Conditioning["prompts"].select(1, stage);
            fixture.AssertClose($"{name}.out.prompt_embeds", prompts);
            var from = step;
            latent ??= Pipeline.Encode(Tile, Context(0));
            for (; step < from + count; step++)
            {
                latent = Pipeline.Step(latent, [Context(step)]);
                if (step == from)
                    AssertFirst(name, task, index, prompts);
                if (fixture.Io.Entries.ContainsKey($"{name}.out.latent_after_step_{step - from + 1}"))
                    fixture.AssertClose($"{name}.out.latent_after_step_{step - from + 1}", latent.narrow(1, 0, networks.Vae.Config.LatentChannels));
            }

            fixture.AssertClose($"{name}.out.decoded", networks.Decode(latent.narrow(1, 0, networks.Vae.Config.LatentChannels)));
            PipelineFixtures.AssertPicture(fixture, $"{name}.out.final_u8", EightBitImage.FromUnit(Pipeline.Finish(latent)));
        }

        public void Dispose()
        {
            Conditioning.Dispose();
            Pipeline.Dispose();
        }

        private void AssertFirst(string name, JsonElement task, int index, Tensor prompts)
        {
            var channels = networks.Vae.Config.LatentChannels;
            var picture = latent!.narrow(1, latent.shape[1] - channels, channels);
            fixture.AssertClose($"{name}.out.scb_cond", picture);
            var scheduler = Scheduler(fixture).Create(task.GetProperty("num_inference_steps").GetInt32());
            Assert.Equal(fixture.Read($"{name}.out.timesteps").data<long>().ToArray().Select(t => (double)t), scheduler.Timesteps);
            var timestep = tensor(new[] { (float)scheduler.Timesteps[0] });
            var key = $"{name}.out.renoised_before_step_1";
            var noisy = fixture.Io.Entries.ContainsKey(key) ? scheduler.AddNoise(picture, Input("noise"), 0) : Input("noise");
            if (fixture.Io.Entries.ContainsKey(key))
                fixture.AssertClose(key, noisy);
            using var residuals = networks.Complement(timestep, prompts, picture, [index]);
            for (var i = 0; i < residuals.Skips.Count; i++)
                fixture.AssertClose($"{name}.out.scb_residual{i}_step_1", residuals.Skips[i]);
            fixture.AssertClose($"{name}.out.model_output_step_1", networks.Predict(noisy, timestep, prompts, picture, [index]));
        }

        private StepContext Context(int at) => new(Conditioning, at, Steps, 0, 0);

        private Tensor Input(string key) => fixture.Read($"{first}.in.{key}");
    }

    private sealed class Fixed : IPluginChooser
    {
        public int[] Chosen { get; set; } = [];

        public IReadOnlyList<int> Choose(string text, IReadOnlyList<string> names, Tensor prompts) => Chosen;

        public void Dispose()
        {
        }
    }
}
