using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.T5;
using Darkroom.Models.Training.Objectives;
using Darkroom.Models.VlmImi;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

/// <summary>The objectives of VLM-IMI and Diff-Plugin learn a handful of pictures by heart at nano width.</summary>
public sealed class PluginAndInstructionObjectiveTests : IDisposable
{
    private const int Side = 32;
    private const int Cells = Side / 8;
    private const int Steps = 40;
    private const double LearningRate = 3e-3;

    private static readonly SchedulerConfig Schedule = new() { Kind = SchedulerKind.Ddpm, BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear };

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void VlmImi_TwoPictures_AreLearntByHeartAndTheFrozenNetworksStay()
    {
        using var scope = NewDisposeScope();
        NanoCheckpoint.Write("vlm-imi", 1, folder);
        var found = CheckpointFinder.Find(folder);
        using var networks = new VlmImiNetworks(
            Load<T5Encoder>(found, "t5-encoder"), Load<InstructionPriorFusionModule>(found, "ipfm"), Load<UNet2DCondition>(found, "unet"),
            Load<ControlNet>(found, "controlnet"), Load<AutoencoderKL>(found, "vae"));
        var objective = new VlmImiObjective(networks, Schedule);
        var frozen = networks.UNet.parameters().Select(parameter => parameter.sum().ToDouble()).ToArray();
        var random = new Randoms();
        var batch = new VlmImiBatch(
            random.Picture(), random.Picture() * 0.1, tensor(new long[] { 3, 4, 5, 1, 6, 7, 1, 0 }).view(2, 4), tensor(new long[] { 1, 1, 1, 1, 1, 1, 1, 0 }).view(2, 4),
            tensor(new long[] { 400, 700 }), random.Latent(), random.Latent());
        var (before, after) = Learn([.. objective.Learned.Select(pair => pair.Parameter)], () =>
        {
            using var pass = objective.Run(batch);
            return objective.Loss(batch, pass);
        });
        Assert.InRange(after / before, 0, 0.6);
        Assert.Equal(frozen, networks.UNet.parameters().Select(parameter => parameter.sum().ToDouble()));
    }

    [Fact]
    public void DiffPlugin_TwoPictures_AreLearntByHeartByOneTaskAlone()
    {
        using var scope = NewDisposeScope();
        NanoCheckpoint.Write("diff-plugin", 1, folder);
        var found = CheckpointFinder.Find(folder);
        TaskPlugin Plugin(string task) => new(
            task, Load<TaskPromptBranch>(found, "task-prompt-branch", $"{task}/tpb"), Load<SpatialComplementBranch>(found, "spatial-complement-branch", $"{task}/scb"));
        using var networks = new DiffPluginNetworks(
            Load<ClipVisionModel>(found, "clip-vision"), Load<UNet2DCondition>(found, "unet"), Load<AutoencoderKL>(found, "vae"), [Plugin("derain"), Plugin("face")]);
        var objective = new DiffPluginObjective(networks, task: 1, Schedule);
        var other = networks.Plugins[0].Complements.parameters().Select(parameter => parameter.sum().ToDouble()).ToArray();
        var random = new Randoms();
        var batch = new DiffPluginBatch(random.Picture(), random.Picture() * 0.5, tensor(new long[] { 300, 800 }), random.Latent(), random.Latent());
        var (before, after) = Learn([.. objective.Learned.Select(pair => pair.Parameter)], () =>
        {
            using var pass = objective.Run(batch);
            return DiffPluginObjective.Loss(batch, pass);
        });
        Assert.InRange(after / before, 0, 0.6);
        Assert.Equal(other, networks.Plugins[0].Complements.parameters().Select(parameter => parameter.sum().ToDouble()));
    }

    [Fact]
    public void Selector_EightTasks_AreToldApart()
    {
        using var scope = NewDisposeScope();
        NanoCheckpoint.Write("diff-plugin", 1, folder);
        using var selector = Load<PluginSelector>(CheckpointFinder.Find(folder), "plugin-selector");
        var random = new Randoms();
        const int Tasks = 8;
        var (prompts, texts) = (random.Normal(Tasks, 5, 64), random.Normal(Tasks, 64));
        var order = Enumerable.Range(0, Tasks).SelectMany(task => Enumerable.Range(0, Tasks).Select(k => (long)((task + k) % Tasks))).ToArray();   // the positive first
        var textTasks = tensor(order).view(Tasks, Tasks);
        var objective = new SelectorObjective(keepsPositive: true);
        var (before, after) = Learn([.. selector.parameters()], () =>
            objective.Loss(selector, prompts, texts.index_select(0, textTasks.flatten()).view(Tasks, Tasks, 64), arange(Tasks, dtype: ScalarType.Int64), textTasks));
        Assert.InRange(after / before, 0, 0.2);
        using var guard = no_grad();
        Assert.Equal(Enumerable.Range(0, Tasks).Select(task => (long)task), selector.call(texts.unsqueeze(1), prompts).argmax(0).data<long>().ToArray());
    }

    private static (double Before, double After) Learn(Parameter[] parameters, Func<Tensor> computeLoss)
    {
        using var optimizer = optim.Adam(parameters, LearningRate);
        var losses = new List<double>();
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = computeLoss();
            losses.Add(loss.ToDouble());
            loss.backward();
            optimizer.step();
        }

        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        return (losses[0], losses[^1]);
    }

    private static T Load<T>(FoundCheckpoint found, string kind, string? name = null)
        where T : nn.Module
    {
        var component = found.Components.First(component => component.Kind.Name == kind && (name is null || component.Name == name));
        using var tensors = component.Open();
        var network = (T)component.Kind.Make(component.Config);
        CheckpointLoader.Load(network, tensors);
        return network;
    }

    /// <summary>Numbers that are the same at every run.</summary>
    private sealed class Randoms
    {
        private readonly Generator generator = new(5);

        public Tensor Normal(params long[] shape) => randn(shape, generator: generator);

        public Tensor Picture() => (rand(2, 3, Side, Side, generator: generator) * 2) - 1;

        public Tensor Latent() => Normal(2, 4, Cells, Cells);
    }
}
