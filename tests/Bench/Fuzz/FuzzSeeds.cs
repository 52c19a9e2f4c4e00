using Darkroom.Models.Checkpoints;
using static TorchSharp.torch;

namespace Darkroom.Bench.Fuzz;

/// <summary>The sound files that damaged ones are made from.</summary>
internal static class FuzzSeeds
{
    /// <summary>Makes safetensors files: several types, scalars, nothing in them, notes.</summary>
    public static IReadOnlyList<byte[]> Safetensors()
    {
        using var scope = NewDisposeScope();
        return
        [
            Write([new("a", ones(3, 4)), new("b.weight", ones(7, dtype: ScalarType.Float16)), new("scalar", tensor(2.5f)), new("empty", zeros(0, 3))]),
            Write([new("ids", arange(9, dtype: ScalarType.Int64)), new("flag", ones(2, dtype: ScalarType.Bool)), new("wide", ones(2, 1, 2, dtype: ScalarType.Float64))],
                new Dictionary<string, string> { ["note"] = "x", ["darkroom.pipeline"] = "llmra" }),
            Write([]),
        ];
    }

    /// <summary>Makes files of torch.save: zips and the older format, plain, nested and with a view.</summary>
    public static IReadOnlyList<byte[]> Pickles()
    {
        var four = PickleBuilder.Floats(1, 2, 3, 4);
        var nested = new PickleBuilder().Raw(0x80, 2).Raw('}').Text("epoch").Int(3).Raw('s')
            .Text("model").Raw('}').Text("module.w").Tensor(4, 0, [2, 2], [2, 1]).Raw('s').Raw('s').Raw('.').ToArray();
        var two = new PickleBuilder().Raw(0x80, 2).Raw('}').Raw((byte)'q', 0).Raw('(')
            .Text("a").Tensor(4, 0, [2, 2], [1, 2]).Text("b").Tensor(4, 2, [2], [1]).Raw('u').Raw('.').ToArray();
        return
        [
            PickleBuilder.Zip(PickleBuilder.OneTensor(), ("0", four)),
            PickleBuilder.Zip(nested, ("0", four)),
            PickleBuilder.Zip(two, ("0", four)),
            PickleBuilder.Legacy(4, 1, 2, 3, 4),
            PickleBuilder.Zip64(PickleBuilder.OneTensor(), ("0", four)),
        ];
    }

    private static byte[] Write(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? notes = null)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, notes);
        return stream.ToArray();
    }
}
