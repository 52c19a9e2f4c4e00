using System.Globalization;
using Darkroom.Bench.Fuzz;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Pickles;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Checkpoints.Pickles;

public sealed class TorchPickleFileTests : IDisposable
{
    private static readonly byte[] FourFloats = PickleBuilder.Floats(1, 2, 3, 4);

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    [Fact]
    public void Open_Zip_ReadsTheTensor() => AssertReads([1, 2, 3, 4], PickleBuilder.Zip(PickleBuilder.OneTensor(), ("0", FourFloats)));

    [Fact]
    public void Open_ZipOfFilesBeyondFourGibibytes_ReadsTheTensor() => AssertReads([1, 2, 3, 4], PickleBuilder.Zip64(PickleBuilder.OneTensor(), ("0", FourFloats)));

    [Fact]
    public void Open_LongIntegers_AreNumbers()
    {
        // Lengths beyond 31 bits are written as LONG1; a small one may be too.
        var pickle = new PickleBuilder().Raw(0x80, 2).Raw('}').Text("w").Global("torch._utils", "_rebuild_tensor_v2").Raw('(')
            .Raw('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Raw(0x8a, 1, 4).Raw('t').Raw('Q')
            .Raw(0x8a, 0).Raw(0x8a, 1, 4, 0x85).Raw(0x8a, 1, 1, 0x85).Raw(0x89).Raw(')').Raw('t').Raw('R').Raw('s').Raw('.').ToArray();
        AssertReads([1, 2, 3, 4], PickleBuilder.Zip(pickle, ("0", FourFloats)));
    }

    [Fact]
    public void Open_BeforePyTorch16_ReadsTheTensor() => AssertReads([1, 2, 3, 4], PickleBuilder.Legacy(4, 1, 2, 3, 4));

    [Fact]
    public void Open_TransposedView_ReadsInTheViewsOrder() =>
        AssertReads([1, 3, 2, 4], PickleBuilder.Zip(PickleBuilder.OneTensor(strides: [1, 2]), ("0", FourFloats)));

    [Fact]
    public void Open_RowsOfAStorage_StartsAtTheOffset() =>
        AssertReads([3, 4], PickleBuilder.Zip(PickleBuilder.OneTensor(offset: 2, shape: [1, 2]), ("0", FourFloats)));

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_device_tensor_from_numpy")]
    [InlineData("collections", "Counter")]
    public void Open_NameThatBuildsNoTensor_IsRefused(string module, string name)
    {
        var call = new PickleBuilder().Raw(0x80, 2).Global(module, name).Raw('(').Text("touch gotcha").Raw('t').Raw('R').Raw('.').ToArray();
        AssertRefused($"'{module}.{name}'", PickleBuilder.Zip(call));

        var byStack = new PickleBuilder().Raw(0x80, 4).Text(module).Text(name).Raw(0x93).Raw(')').Raw('R').Raw('.').ToArray();
        AssertRefused($"'{module}.{name}'", PickleBuilder.Zip(byStack));
    }

    [Theory]
    [InlineData(0x81)] // NEWOBJ
    [InlineData((int)'i')] // INST
    [InlineData((int)'o')] // OBJ
    [InlineData(0x82)] // EXT1
    [InlineData((int)'P')] // PERSID
    [InlineData(0x92)] // NEWOBJ_EX
    [InlineData(0x97)] // NEXT_BUFFER
    public void Open_OpcodeThatBuildsNoTensor_IsRefused(int opcode) =>
        AssertRefused($"opcode 0x{opcode.ToString("x2", CultureInfo.InvariantCulture)}", PickleBuilder.Zip(new PickleBuilder().Raw(0x80, 2).Raw((byte)opcode).ToArray()));

    [Theory]
    [InlineData(4, 1, new[] { 2, 2 }, new[] { 2, 1 }, "does not fit")]
    [InlineData(4, 0, new[] { 2, 2 }, new[] { 1000, 1 }, "does not fit")]
    [InlineData(4, 0, new[] { 1000, 1000 }, new[] { 0, 0 }, "does not fit")]
    [InlineData(4, -1, new[] { 2, 2 }, new[] { 2, 1 }, "none negative")]
    [InlineData(4, 0, new[] { 2, 2 }, new[] { -2, 1 }, "none negative")]
    [InlineData(4, 0, new[] { 2, -2 }, new[] { 2, 1 }, "none negative")]
    [InlineData(4, 0, new[] { 2, 2 }, new[] { 1 }, "1 strides")]
    [InlineData(4, 0, new[] { int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 1, 1, 1 }, "more than any file holds")]
    [InlineData(4, 0, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 4 }, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "up to 8 integers")]
    [InlineData(5, 0, new[] { 2, 2 }, new[] { 2, 1 }, "the pickle wants 5")]
    [InlineData(-1, 0, new[] { 2, 2 }, new[] { 2, 1 }, "no storage of a known type")]
    public void Open_TensorOutsideItsStorage_IsRefused(int storageLength, int offset, int[] shape, int[] strides, string cause) =>
        AssertRefused(cause, PickleBuilder.Zip(PickleBuilder.OneTensor(storageLength, offset, shape, strides), ("0", FourFloats)));

    [Fact]
    public void Open_TruncatedZip_IsRefused()
    {
        var whole = PickleBuilder.Zip(PickleBuilder.OneTensor(), ("0", FourFloats));
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidCheckpointException>(() => Read(whole[..length]));
    }

    [Fact]
    public void Open_TruncatedLegacyFile_IsRefused()
    {
        var whole = PickleBuilder.Legacy(4, 1, 2, 3, 4);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidCheckpointException>(() => Read(whole[..length]));
    }

    [Fact]
    public void Open_MissingStorage_IsRefused() => AssertRefused("no storage '0'", PickleBuilder.Zip(PickleBuilder.OneTensor()));

    [Fact]
    public void Open_CompressedZip_IsRefused() => AssertRefused("is compressed", PickleBuilder.Compressed(PickleBuilder.OneTensor()));

    [Fact]
    public void Open_NoDictionary_IsRefused() => AssertRefused("holds no dictionary", PickleBuilder.Zip(new PickleBuilder().Raw(0x80, 2).Int(3).Raw('.').ToArray()));

    [Fact]
    public void Open_StorageLengthBeyondTheFile_IsRefused() => AssertRefused("truncated or damaged", PickleBuilder.Legacy(long.MaxValue / 8, 1, 2, 3, 4));

    [Fact]
    public void Open_EndlessReferences_EndsInTime()
    {
        // A list that holds itself, over and over: every reader that walks the value would never end.
        var builder = new PickleBuilder().Raw(0x80, 2).Raw(']').Raw((byte)'q', 0);
        for (var i = 0; i < 10_000; i++)
            builder.Raw((byte)'h', 0).Raw('a');
        AssertRefused("holds no dictionary", PickleBuilder.Zip(builder.Raw('.').ToArray()));
    }

    [Fact]
    public void Open_ManySmallSteps_AreBounded()
    {
        var bomb = new byte[2_500_000];
        Array.Fill(bomb, (byte)']');
        AssertRefused("steps", PickleBuilder.Zip(bomb));
    }

    [Fact]
    public void Open_TensorsOneLevelBelow_AreFoundWithoutTheirPrefix()
    {
        var pickle = new PickleBuilder().Raw(0x80, 2).Raw('}')
            .Text("epoch").Int(3).Raw('s')
            .Text("model").Raw('}').Text("module.w").Tensor(4, 0, [2, 2], [2, 1]).Raw('s').Raw('s').Raw('.').ToArray();
        AssertReads([1, 2, 3, 4], PickleBuilder.Zip(pickle, ("0", FourFloats)));
    }

    [Fact]
    public void Open_SeveralDictionariesOfTensors_NamesThem()
    {
        var pickle = new PickleBuilder().Raw(0x80, 2).Raw('}')
            .Text("teacher").Raw('}').Text("w").Tensor(4, 0, [2, 2], [2, 1]).Raw('s').Raw('s')
            .Text("student").Raw('}').Text("w").Tensor(4, 0, [2, 2], [2, 1]).Raw('s').Raw('s').Raw('.').ToArray();
        AssertRefused("teacher, student", PickleBuilder.Zip(pickle, ("0", FourFloats)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void AssertReads(float[] expected, byte[] content)
    {
        using var file = TorchPickleFile.Open(Save(content));
        using var tensor = file.Read("w");
        Assert.Equal(expected, tensor.reshape(-1).data<float>().ToArray());
    }

    private void AssertRefused(string cause, byte[] content)
    {
        var error = Assert.Throws<InvalidCheckpointException>(() => Read(content));
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    private void Read(byte[] content)
    {
        using var file = TorchPickleFile.Open(Save(content));
        foreach (var name in file.Entries.Keys)
            file.Read(name).Dispose();
    }

    private string Save(byte[] content)
    {
        var path = Path.Combine(folder, "file.bin");
        File.WriteAllBytes(path, content);
        return path;
    }
}
