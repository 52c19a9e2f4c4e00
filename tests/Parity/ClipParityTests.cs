using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class ClipParityTests
{
    [Theory]
    [InlineData("clip_text_tiny_sd15")]
    [InlineData("clip_text_tiny_sd21")]
    public void TextEncoder_ReferenceWeights_GivesTheReferenceStates(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = new ClipTextModel(ClipTextConfig.Parse(fixture.Config) with
        {
            HasProjection = fixture.Weights.Entries.ContainsKey("text_projection.weight"),
        });
        CheckpointLoader.Load(model, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            var ids = fixture.Read($"{@case}.in.input_ids");
            var last = model.call(ids);
            var states = model.HiddenStates(ids);
            fixture.AssertClose($"{@case}.out.last_hidden_state", last);
            fixture.AssertClose($"{@case}.out.pooler_output", model.Pool(ids, last));
            fixture.AssertClose($"{@case}.out.penultimate_raw", states[^2]);
            fixture.AssertClose($"{@case}.out.penultimate_final_ln", model.Penultimate(ids));
            if (model.Config.HasProjection)
                fixture.AssertClose($"{@case}.out.text_embeds", model.Project(model.Pool(ids, last)));
            Assert.Equal(model.Config.LayerCount + 1, states.Count);
            for (var i = 0; i < states.Count; i++)
                fixture.AssertClose($"{@case}.out.hidden_states.{i}", states[i]);
        }
    }

    [Fact]
    public void VisionEncoder_ReferenceWeights_GivesTheReferenceStates()
    {
        using var fixture = Fixture.Open("clip_vision_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = new ClipVisionModel(ClipVisionConfig.Parse(fixture.Config) with
        {
            HasProjection = fixture.Weights.Entries.ContainsKey("visual_projection.weight"),
        });
        CheckpointLoader.Load(model, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            var pixels = fixture.Read($"{@case}.in.pixel_values");
            var last = model.call(pixels);
            var states = model.HiddenStates(pixels);
            fixture.AssertClose($"{@case}.out.last_hidden_state", last);
            fixture.AssertClose($"{@case}.out.pooler_output", model.Pool(last));
            if (model.Config.HasProjection)
                fixture.AssertClose($"{@case}.out.image_embeds", model.Project(model.Pool(last)));
            Assert.Equal(model.Config.LayerCount + 1, states.Count);
            for (var i = 0; i < states.Count; i++)
            {
                fixture.AssertClose($"{@case}.out.hidden_states.{i}", states[i]);
                fixture.AssertClose($"{@case}.out.hidden_states.{i}", model.HiddenState(pixels, i - states.Count));
            }
        }
    }

    [Theory]
    [InlineData("sd15_clip_text")]
    [InlineData("sd21_clip_text")]
    [InlineData("clip_vitl14_text_with_projection")]
    [InlineData("clip_vitb_text_llmra_77x512")]
    public void TextEncoder_PublishedSize_HasTheOfficialNamesAndShapes(string manifest)
    {
        var expected = Manifest.Read(manifest);
        using var model = new ClipTextModel(ClipTextConfig.Parse(Manifest.Config(manifest)) with
        {
            HasProjection = expected.ContainsKey("text_projection.weight"),
        });
        Manifest.AssertEqual(expected, model);
    }

    [Fact]
    public void VisionEncoder_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "clip_vitl14_vision";
        var expected = Manifest.Read(Name);
        using var model = new ClipVisionModel(ClipVisionConfig.Parse(Manifest.Config(Name)) with
        {
            HasProjection = expected.ContainsKey("visual_projection.weight"),
        });
        Manifest.AssertEqual(expected, model);
    }
}
