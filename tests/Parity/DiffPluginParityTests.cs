using Darkroom.Models.Checkpoints;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.StableDiffusion;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class DiffPluginParityTests
{
    [Fact]
    public void Branches_ReferenceWeights_GiveTheReferencePromptResidualsAndPrediction()
    {
        using var fixture = Fixture.Open("diff_plugin");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var prompts = new TaskPromptBranch(TaskPromptBranchConfig.Parse(fixture.Config.GetProperty("tpb")));
        using var complements = new SpatialComplementBranch(SpatialComplementBranch.ParseConfig(fixture.Config.GetProperty("scb")));
        using var unet = new UNet2DCondition(UNetConfig.Parse(fixture.Config.GetProperty("unet")));
        CheckpointLoader.Load(prompts, fixture.Weights, "tpb.");
        CheckpointLoader.Load(complements, fixture.Weights, "scb.");
        CheckpointLoader.Load(unet, fixture.Weights, "unet.");
        foreach (var @case in fixture.Cases)
        {
            var timestep = fixture.Read($"{@case}.in.t");
            var prompt = prompts.call(fixture.Read($"{@case}.in.clip_hidden").narrow(1, 1, fixture.Read($"{@case}.in.clip_hidden").shape[1] - 1));
            fixture.AssertClose($"{@case}.out.task_prompt", prompt);
            using var residuals = complements.Run(fixture.Read($"{@case}.in.cond"), timestep, prompt);
            Assert.Equal(fixture.Io.Entries.Keys.Count(key => key.StartsWith($"{@case}.out.scb.", StringComparison.Ordinal)), residuals.Skips.Count);
            for (var i = 0; i < residuals.Skips.Count; i++)
                fixture.AssertClose($"{@case}.out.scb.{i}", residuals.Skips[i]);
            fixture.AssertClose($"{@case}.out.unet_sample", unet.Predict(fixture.Read($"{@case}.in.sample"), timestep, prompt, residuals));
        }
    }

    [Fact]
    public void TaskPromptBranch_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        var expected = Manifest.Read("diff_plugin_tpb");
        using var network = new TaskPromptBranch(TaskPromptBranchConfig.Published);
        Manifest.AssertEqual(expected, network);
    }

    [Fact]
    public void SpatialComplementBranch_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "diff_plugin_scb";
        var expected = Manifest.Read(Name);
        using var network = new SpatialComplementBranch(SpatialComplementBranch.ParseConfig(Manifest.Config(Name)));
        Manifest.AssertEqual(expected, network);
    }
}
