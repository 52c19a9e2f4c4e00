using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Checkpoints.Nano;
using Darkroom.Models.Tokenizers;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Checkpoints.Layouts;

public sealed class NanoCheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, string, string[]> Pipelines() => new()
    {
        { "vlm-imi", "vlm-imi", ["controlnet", "flan-t5-large", "ipfms", "stable-diffusion-2-1/unet", "stable-diffusion-2-1/vae"] },
        {
            "diff-plugin", "diff-plugin",
            [
                "PromptTunner", "clip-vit-large-patch14", "deblur/scb", "deblur/tpb", "dehaze/scb", "dehaze/tpb", "demoire/scb", "demoire/tpb",
                "derain/scb", "derain/tpb", "desnow/scb", "desnow/tpb", "face/scb", "face/tpb", "highlight/scb", "highlight/tpb", "lowlight/scb", "lowlight/tpb",
                "stable-diffusion-v1-4/text_encoder", "stable-diffusion-v1-4/unet", "stable-diffusion-v1-4/vae",
            ]
        },
        {
            "mgie", "mgie",
            [
                "LLaVA-7B-v1", "clip-vit-large-patch14", "instruct-pix2pix/text_encoder", "instruct-pix2pix/unet", "instruct-pix2pix/vae",
                "mgie_7b/mllm/edit-embeddings", "mgie_7b/mllm/edit-head", "mgie_7b/unet",
            ]
        },
        { "darkdiff", "diffusers", ["context", "text_encoder", "unet", "vae"] },
        { "llmra", "diffusers", ["restorer", "text_encoder"] },
        { "restormer", "restormer", ["restormer"] },
        { "llava", "llava", ["llava-1.5-7b-hf"] },
    };

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Write_Pipeline_IsFoundAndFitsItsArchitectures(string pipeline, string layout, string[] components)
    {
        NanoCheckpoint.Write(pipeline, 1, folder);
        var found = CheckpointFinder.Find(folder);

        Assert.Equal(layout, found.Layout);
        Assert.Equal(components, found.Components.Select(component => component.Name).Order(StringComparer.Ordinal));
        Assert.Empty(found.Skipped);
        Assert.All(found.Components, component => Assert.Equal(string.Empty, component.Compare().ToString()));
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Write_Pipeline_GivesFiniteWeightsThatLoad(string pipeline, string layout, string[] components)
    {
        NanoCheckpoint.Write(pipeline, 1, folder);
        var found = CheckpointFinder.Find(folder, layout);
        Assert.Equal(components.Length, found.Components.Count);
        foreach (var component in found.Components)
        {
            using var scope = NewDisposeScope();
            using var network = component.Kind.Make(component.Config);
            using var tensors = component.Open();
            CheckpointLoader.Load(network, tensors);
            Assert.All(network.state_dict(), pair => Assert.True(pair.Value.isfinite().all().item<bool>(), pair.Key));
        }
    }

    [Fact]
    public void Pipelines_EachIsTested() => Assert.Equal(NanoCheckpoint.Pipelines.Order(), Pipelines().Select(row => row.Data.Item1).Order());

    [Fact]
    public void Write_SameSeed_GivesTheSameBytesAndAnotherSeedOthers()
    {
        Assert.Equal(Hash("restormer", 1, "a"), Hash("restormer", 1, "b"));
        Assert.NotEqual(Hash("restormer", 1, "c"), Hash("restormer", 2, "d"));
    }

    [Theory]
    [InlineData("vlm-imi")]
    [InlineData("diff-plugin")]
    [InlineData("mgie")]
    public void Find_ConfigurationsWithoutAClass_KnowsNetworksByTheirNames(string pipeline)
    {
        NanoCheckpoint.Write(pipeline, 1, folder);
        var before = Kinds();
        foreach (var file in Directory.GetFiles(folder, "config.json", SearchOption.AllDirectories))
        {
            var config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            config.Remove("_class_name");
            config.Remove("architectures");
            File.WriteAllText(file, config.ToJsonString());
        }

        Assert.Equal(before, Kinds());

        List<string> Kinds() => [.. CheckpointFinder.Find(folder).Components.Select(component => $"{component.Name} {component.Kind.Name}")];
    }

    [Fact]
    public void Write_Tokenizers_EncodeWithinTheirNetworksVocabulary()
    {
        NanoCheckpoint.Write("vlm-imi", 1, Directory.CreateDirectory(Path.Combine(folder, "v")).FullName);
        NanoCheckpoint.Write("mgie", 1, Directory.CreateDirectory(Path.Combine(folder, "m")).FullName);
        const string words = "Make it brighter, \u00e9!";

        var clip = ClipTokenizer.Load(Path.Combine(folder, "m", "instruct-pix2pix", "tokenizer")).EncodePadded(words);
        Assert.Equal(77, clip.Length);
        Assert.All(clip, id => Assert.InRange(id, 0, 513));
        AssertSentencePieces(Path.Combine(folder, "v", "flan-t5-large"));
        AssertSentencePieces(Path.Combine(folder, "m", "LLaVA-7B-v1"));

        void AssertSentencePieces(string path)
        {
            var ids = SentencePieceTokenizer.Load(Path.Combine(path, "tokenizer.json")).Encode(words);
            Assert.True(ids.Count > 10);
            Assert.All(ids, id => Assert.InRange(id, 0, 383));
        }
    }

    [Fact]
    public void Find_PartThatIsListedAndAbsent_IsRefused()
    {
        NanoCheckpoint.Write("vlm-imi", 1, folder);
        File.Delete(Path.Combine(folder, "stable-diffusion-2-1", "vae", "diffusion_pytorch_model.safetensors"));
        var error = Assert.Throws<InvalidCheckpointException>(() => CheckpointFinder.Find(folder));
        Assert.Contains("lists 'vae'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"num_layers\": 2", "\"num_layers\": 100000000", "at most 512")]
    [InlineData("\"num_layers\": 2", "\"num_layers\": 3", "missing")]
    [InlineData("\"num_layers\": 2", "\"num_layers\": 1", "extra")]
    [InlineData("\"d_ff\": 64", "\"d_ff\": 65", "wrong shape")]
    [InlineData("gated-gelu", "swish", "feed_forward_proj")]
    [InlineData("\"vocab_size\"", "vocab_size", "not valid JSON")]
    public void Compare_ConfigurationOfAnotherNetwork_SaysWhat(string old, string replacement, string cause)
    {
        NanoCheckpoint.Write("vlm-imi", 1, folder);
        var config = Path.Combine(folder, "flan-t5-large", "config.json");
        var text = File.ReadAllText(config);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(old, replacement, StringComparison.Ordinal));

        string Differences() => string.Join("; ", CheckpointFinder.Find(folder).Components.Select(component => component.Compare().ToString()));
        string said;
        try
        {
            said = Differences();
        }
        catch (InvalidCheckpointException error)
        {
            said = error.Message;
        }

        Assert.Contains(cause, said, StringComparison.Ordinal);
    }

    private string Hash(string pipeline, int seed, string name)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        NanoCheckpoint.Write(pipeline, seed, path);
        return string.Join(' ', Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))));
    }
}
