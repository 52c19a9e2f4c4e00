using Darkroom.Bench.Fuzz;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Checkpoints;

/// <summary>The first of the files of <c>./cluster bench --fuzz</c>: each is read or refused, nothing else.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int FileCount = 800;

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_DamagedSafetensors_IsReadOrRefused() => AssertReadOrRefused(".safetensors", FuzzSeeds.Safetensors());

    [Fact]
    public void Read_DamagedPickle_IsReadOrRefused() => AssertReadOrRefused(".pth", FuzzSeeds.Pickles());

    [Fact]
    public void Read_SoundSeeds_AreRead()
    {
        foreach (var (extension, seeds) in new[] { (".safetensors", FuzzSeeds.Safetensors()), (".pth", FuzzSeeds.Pickles()) })
            Assert.All(seeds, seed => Assert.True(FuzzCase.Read(Save(extension, seed))));
    }

    private void AssertReadOrRefused(string extension, IReadOnlyList<byte[]> seeds)
    {
        var refused = 0;
        for (var i = 0; i < FileCount; i++)
            refused += FuzzCase.Read(Save(extension, new FileMutator(i).Mutate(seeds[i % seeds.Count], seeds[(i + 1) % seeds.Count]))) ? 0 : 1;
        Assert.InRange(refused, FileCount / 4, FileCount - 1);                  // damage that is never or always noticed tests nothing
    }

    private string Save(string extension, byte[] content)
    {
        var path = Path.Combine(folder, "file" + extension);
        File.WriteAllBytes(path, content);
        return path;
    }
}
