using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Pickles;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class TorchPickleParityTests
{
    [Fact]
    public void Files_OfTorchSave_HoldTheReferenceTensors()
    {
        var folder = Fixture.FolderOf("torch_pickle");
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        var files = Directory.GetFiles(folder).Where(path => !path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".safetensors", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);

        foreach (var path in files)
        {
            using var actual = TorchPickleFile.Open(path);
            AssertEqual(expected, actual, Path.GetFileName(path));
        }
    }

    [Fact]
    public void Files_WrittenAsSafetensors_HoldTheSameTensors()
    {
        var folder = Fixture.FolderOf("torch_pickle");
        var copy = Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.safetensors");
        try
        {
            foreach (var path in Directory.GetFiles(folder, "*.bin"))
            {
                using var pickle = TorchPickleFile.Open(path);
                using (var stream = File.Create(copy))
                using (var content = new SafetensorsStream(pickle))
                    content.CopyTo(stream);
                using var converted = SafetensorsFile.Open(copy);
                AssertEqual(pickle, converted, Path.GetFileName(path));
            }
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Every tensor is there with its shape and exactly its values; bfloat16 is widened where the reference is.</summary>
    private static void AssertEqual(ITensorSource expected, ITensorSource actual, string file)
    {
        Assert.Equal(expected.Entries.Keys.Order(StringComparer.Ordinal), actual.Entries.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, entry) in expected.Entries)
        {
            using var scope = NewDisposeScope();
            var stored = actual.Entries[name];
            Assert.Equal(entry.Shape, stored.Shape);
            Assert.Equal(entry.Type, stored.Type == ScalarType.BFloat16 ? entry.Type : stored.Type);
            var (wanted, read) = (expected.Read(name), actual.Read(name, entry.Type));
            Assert.True(wanted.equal(read).all().item<bool>() || wanted.numel() == 0, $"{file}: {name} differs.");
            ParityReport.Add("torch_pickle", file, 0, 0, wanted.numel());
        }
    }
}
