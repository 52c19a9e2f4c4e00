using System.Buffers.Binary;
using System.Text;
using Darkroom.Models.Checkpoints;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    [Fact]
    public void WriteThenRead_SeveralTypes_GivesTheSameValues()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["float"] = randn(3, 4),
            ["half"] = randn(5).to(ScalarType.Float16),
            ["brain"] = randn(2, 1, 2).to(ScalarType.BFloat16),
            ["long"] = arange(7, dtype: ScalarType.Int64),
            ["byte"] = arange(9, dtype: ScalarType.Byte),
            ["scalar"] = tensor(2.5f),
            ["empty"] = zeros(0, 3),
            ["transposed"] = randn(4, 6).t(),
        };
        var path = Path.Combine(folder, "all.safetensors");
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["note"] = "naïve \"quoted\"" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("naïve \"quoted\"", file.Metadata["note"]);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Entries.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, expected) in tensors)
        {
            var actual = file.Read(name);
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.Equal(expected.shape, actual.shape);
            Assert.True(expected.numel() == 0 || actual.to(ScalarType.Float32).allclose(expected.to(ScalarType.Float32), rtol: 0, atol: 0), name);
        }
    }

    [Fact]
    public void Write_SameTensorsTwice_GivesTheSameBytes()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(3), randn(2));
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        SafetensorsWriter.Write(first, [new("a", a), new("b", b)]);
        SafetensorsWriter.Write(second, [new("b", b), new("a", a)]);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 16, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}""", 16, "lies at")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 16, "lies at")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 16, "lies at")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 16, "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 16, "more than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", 16, "negative")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", 16, "up to 8 sizes")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 16, "element type")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 16, "not valid")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 16, "not valid")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 16, "not valid")]
    [InlineData("""{"a":7}""", 16, "not valid")]
    [InlineData("[1]", 16, "not a JSON object")]
    [InlineData("{\"a\":", 16, "not valid")]
    public void Open_HostileHeader_NamesTheCause(string header, int dataBytes, string cause)
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(Save(header, dataBytes)));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(9UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 62)]
    public void Open_HeaderLengthBeyondTheFile_NamesTheCause(ulong length)
    {
        var path = Path.Combine(folder, "length.safetensors");
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(path, length == 0 ? bytes[..4] : bytes);
        Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(path));
    }

    [Fact]
    public void Open_CutOffAnywhere_IsAnError()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "whole.safetensors");
        SafetensorsWriter.Write(path, [new("a", randn(8)), new("b", randn(8))]);
        var whole = File.ReadAllBytes(path);
        var cut = Path.Combine(folder, "cut.safetensors");
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(cut, whole[..length]);
            Assert.Throws<InvalidCheckpointException>(() => SafetensorsFile.Open(cut));
        }
    }

    [Fact]
    public void Load_WrongNetwork_NamesEverythingAndLoadsNothing()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "wrong.safetensors");
        SafetensorsWriter.Write(path, [new("weight", ones(2, 3)), new("stranger", ones(1))]);
        using var linear = nn.Linear(2, 2);
        var before = linear.weight!.clone();

        using var file = SafetensorsFile.Open(path);
        var error = Assert.Throws<InvalidCheckpointException>(() => CheckpointLoader.Load(linear, file));

        Assert.Contains("1 missing (bias)", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 extra (stranger)", error.Message, StringComparison.Ordinal);
        Assert.Contains("weight is [2, 3] and should be [2, 2]", error.Message, StringComparison.Ordinal);
        Assert.True(before.allclose(linear.weight!, rtol: 0, atol: 0));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Save(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        var path = Path.Combine(folder, "hostile.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
