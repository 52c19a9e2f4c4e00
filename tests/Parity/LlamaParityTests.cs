using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed partial class LlamaParityTests
{
    [Fact]
    public void LanguageModel_ReferenceWeights_GivesTheReferenceStatesAndScores()
    {
        using var fixture = Fixture.Open("llama_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = Load(fixture);
        foreach (var @case in fixture.Cases)
        {
            var ids = fixture.Read($"{@case}.in.input_ids");
            var states = model.HiddenStates(model.Embed(ids));
            Assert.Equal(model.Config.LayerCount + 1, states.Count);
            for (var i = 0; i < states.Count; i++)
                fixture.AssertClose($"{@case}.out.hidden_states.{i}", states[i]);
            fixture.AssertClose($"{@case}.out.logits", model.call(ids));
        }
    }

    [Fact]
    public void Cache_TokensOneByOne_GiveTheReferenceScores()
    {
        using var fixture = Fixture.Open("llama_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = Load(fixture);
        var compared = 0;
        foreach (var (key, match) in Keys(fixture, CachedStep()))
        {
            compared++;
            var ids = fixture.Read($"{key.Split('.')[0]}.in.input_ids");
            var past = Number(match, 1);
            foreach (var chunk in new[] { past, 1 })                            // the prompt at once, or token by token
            {
                using var cache = new LlamaCache(model.Config, ids.shape[0], past + 1, ScalarType.Float32, CPU);
                for (var at = 0L; at < past; at += chunk)
                    model.Run(model.Embed(ids.narrow(1, at, chunk)), cache: cache);
                fixture.AssertClose(key, model.Logits(model.Run(model.Embed(ids.narrow(1, past, 1)), cache: cache)));
                Assert.Equal(past + 1, cache.Length);
                Assert.Throws<ArgumentException>(() => model.Run(model.Embed(ids.narrow(1, 0, 1)), cache: cache));
            }
        }

        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void LeftPadding_OfOneRow_GivesTheReferenceScores()
    {
        using var fixture = Fixture.Open("llama_tiny");
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = Load(fixture);
        var compared = 0;
        foreach (var (key, match) in Keys(fixture, PaddedRow()))
        {
            compared++;
            var ids = fixture.Read($"{key.Split('.')[0]}.in.input_ids");
            var (row, padding, count) = (Number(match, 1), Number(match, 2), ids.shape[1]);
            var mask = ones_like(ids);
            mask[row].narrow(0, 0, padding).zero_();
            var logits = model.Logits(model.Run(model.Embed(ids), mask));
            fixture.AssertClose(key, logits[row].narrow(0, padding, count - padding));

            using var cache = new LlamaCache(model.Config, ids.shape[0], count, ScalarType.Float32, CPU);
            var steps = new List<Tensor>();
            for (var at = 0L; at < count; at++)
                steps.Add(model.Logits(model.Run(model.Embed(ids.narrow(1, at, 1)), mask.narrow(1, 0, at + 1), cache)));
            fixture.AssertClose(key, cat(steps, 1)[row].narrow(0, padding, count - padding));
        }

        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void Greedy_FirstRow_GivesTheReferenceTokens()
    {
        using var fixture = Fixture.Open("llama_tiny");
        using var scope = NewDisposeScope();
        using var model = Load(fixture);
        foreach (var @case in fixture.Cases)
        {
            var prompt = fixture.Read($"{@case}.in.input_ids").narrow(0, 0, 1);
            var count = (int)(fixture.Io.Entries[$"{@case}.out.greedy"].Shape[1] - prompt.shape[1]);
            using var text = GreedyGenerator.Generate(model, prompt, mask: null, new GreedyOptions(count, NoRepeatNGramSize: 0, EndIds: []), keepHiddenStates: true);
            var tokens = tensor(text.Tokens[0].ToArray(), [1, count]);
            fixture.AssertClose($"{@case}.out.greedy", cat([prompt, tokens], 1));
            Assert.Equal([1, prompt.shape[1] + count - 1, model.Config.Width], text.HiddenStates!.shape);
        }
    }

    [Fact]
    public void Greedy_NoRunOfThreeTwice_GivesTheReferenceSentence() => Fixture.ForEach("pipeline_mgie", fixture =>
    {
        using var scope = NewDisposeScope();
        using var model = LoadMgie(fixture);
        foreach (var @case in CasesWith(fixture, "out.sequence_without_ngram_rule"))
        {
            var prompt = fixture.Read($"{@case}.in.input_ids");
            var count = (int)fixture.Read($"{@case}.in.max_new_tokens").to(ScalarType.Int64).item<long>();
            foreach (var (key, size) in new[] { ("sequence", 3), ("sequence_without_ngram_rule", 0) })
            {
                using var text = GreedyGenerator.Generate(model, prompt, mask: null, new GreedyOptions(count, size, [model.Config.EndId]));
                fixture.AssertClose($"{@case}.out.{key}", Sequence(prompt, text));
            }
        }
    });

    [Fact]
    public void Greedy_PromptWithPicture_GivesTheReferenceStatesAndEdit() => Fixture.ForEach("pipeline_mgie", fixture =>
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var model = LoadMgie(fixture);
        using var vision = new ClipVisionModel(ClipVisionConfig.Parse(fixture.Config.GetProperty("clip_vision")));
        CheckpointLoader.Load(vision, fixture.Weights, "clip.");
        using var head = new EditHead(EditHeadConfig.Parse(fixture.Config.GetProperty("edit_head")));
        CheckpointLoader.Load(head, fixture.Weights, "edit_head.");
        var tokens = fixture.Config.GetProperty("tokens");
        foreach (var @case in CasesWith(fixture, "out.projected_features"))
        {
            var features = vision.HiddenState(fixture.Read($"{@case}.in.clip_pixels"), fixture.Config.GetProperty("mm_vision_select_layer").GetInt32());
            features = features.narrow(1, 1, features.shape[1] - 1);
            fixture.AssertClose($"{@case}.out.clip_features", features);
            var projected = model.ProjectImage(features);
            fixture.AssertClose($"{@case}.out.projected_features", projected);
            var prompt = fixture.Read($"{@case}.in.input_ids");
            var embedded = ImageTokens.Insert(model.Embed(prompt), prompt, tokens.GetProperty("im_patch").GetInt64(), projected);
            using var text = GreedyGenerator.Generate(
                model, prompt, mask: null, new GreedyOptions(96, NoRepeatNGramSize: 3, [model.Config.EndId]), embedded, keepHiddenStates: true);
            fixture.AssertClose($"{@case}.out.sequence", Sequence(prompt, text));
            fixture.AssertClose($"{@case}.out.hidden_states_all", text.HiddenStates![0]);

            var edit = text.HiddenStates!.narrow(1, fixture.Read($"{@case}.out.first_img_position").item<long>(), 8);
            fixture.AssertClose($"{@case}.out.img_hidden_states", edit);
            var embeddings = fixture.Weights.Read("emb");
            fixture.AssertClose($"{@case}.out.edit_embeds", head.call(edit, embeddings));
            fixture.AssertClose($"{@case}.out.null_embeds", head.call(zeros_like(edit), embeddings));
        }
    });

    [Fact]
    public void LlavaInItsOwnLayout_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "mgie_llava7b_lm";
        var expected = Manifest.Read(Name);
        using var model = new LlamaForCausalLm(LlamaConfig.Parse(Manifest.Config(Name)) with
        {
            VisionWidth = (int)expected["model.mm_projector.weight"][1],
        });
        Manifest.AssertEqual(expected, model);
    }

    [Fact]
    public void LlavaInTransformersLayout_PublishedSize_HasTheOfficialNamesAndShapes()
    {
        const string Name = "llava15_7b_hf";
        var expected = Manifest.Read(Name);
        const string Vision = """
            { "hidden_size": 1024, "image_size": 336, "intermediate_size": 4096, "model_type": "clip_vision_model",
              "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14, "projection_dim": 768, "vocab_size": 32000 }
            """;
        var json = $$"""{ "vision_config": {{Vision}}, "text_config": {{Manifest.Config(Name).GetRawText()}}, "image_token_index": 32000 }""";
        using var document = JsonDocument.Parse(json);
        using var model = new LlavaModel(LlavaConfig.Parse(document.RootElement));
        Manifest.AssertEqual(expected, model);
        Assert.Equal(576, model.TokensPerImage);
    }

    private static LlamaForCausalLm Load(Fixture fixture)
    {
        var model = new LlamaForCausalLm(LlamaConfig.Parse(fixture.Config));
        CheckpointLoader.Load(model, fixture.Weights);
        return model;
    }

    private static LlamaForCausalLm LoadMgie(Fixture fixture)
    {
        var model = new LlamaForCausalLm(LlamaConfig.Parse(fixture.Config.GetProperty("llm")) with
        {
            VisionWidth = fixture.Config.GetProperty("clip_vision").GetProperty("hidden_size").GetInt32(),
        });
        CheckpointLoader.Load(model, fixture.Weights, "llm.");
        return model;
    }

    private static IEnumerable<string> CasesWith(Fixture fixture, string key) =>
        fixture.Cases.Where(@case => fixture.Io.Entries.ContainsKey($"{@case}.{key}"));

    private static Tensor Sequence(Tensor prompt, GeneratedText text) =>
        cat([prompt, tensor(text.Tokens[0].ToArray(), [1, text.Tokens[0].Count])], 1);

    private static IEnumerable<(string Key, Match Match)> Keys(Fixture fixture, Regex pattern) =>
        fixture.Io.Entries.Keys.Select(key => (key, pattern.Match(key))).Where(pair => pair.Item2.Success);

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\.out\.logits_step(\d+)_cached$")]
    private static partial Regex CachedStep();

    [GeneratedRegex(@"\.out\.logits_leftpad_row(\d+)_from(\d+)$")]
    private static partial Regex PaddedRow();
}
