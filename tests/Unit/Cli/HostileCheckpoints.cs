using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>Checkpoint files that must be refused.</summary>
internal static class HostileCheckpoints
{
    public static byte[] Make(string kind) => kind switch
    {
        "header-beyond-file" => File("{}", headerLength: 1UL << 40),
        "overlapping" => File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", dataLength: 12),
        "out-of-range" => File("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", dataLength: 8),
        "huge-shape" => File("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"""),
        "duplicate-key" => File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", dataLength: 4),
        "other-network" => File("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", dataLength: 4),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static byte[] File(string header, ulong? headerLength = null, int dataLength = 0)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var file = new byte[sizeof(ulong) + bytes.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength ?? (ulong)bytes.Length);
        bytes.CopyTo(file, sizeof(ulong));
        return file;
    }
}
