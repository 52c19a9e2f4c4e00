using System.Buffers.Binary;
using System.Text;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>A Protocol Buffers message without its schema: values by field number, as they stand on the wire.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> values = [];

    public static ProtoMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        var message = new ProtoMessage();
        for (var at = 0; at < bytes.Length;)
        {
            var key = Varint(bytes.Span, ref at);
            var (field, number, part) = ((int)(key >> 3), 0UL, ReadOnlyMemory<byte>.Empty);
            switch (key & 7)
            {
                case 0:
                    number = Varint(bytes.Span, ref at);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[at..]);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes.Span, ref at);
                    part = bytes.Slice(at, length);
                    at += length;
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[at..]);
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7} of field {field}");
            }

            message.values.Add((field, number, part));
        }

        return message;
    }

    public IEnumerable<ProtoMessage> Messages(int field) => values.Where(value => value.Field == field).Select(value => Parse(value.Bytes));

    /// <summary>Follows messages in messages.</summary>
    public IEnumerable<ProtoMessage> Messages(params int[] path) =>
        path.Aggregate<int, IEnumerable<ProtoMessage>>([this], (messages, field) => messages.SelectMany(message => message.Messages(field)));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => values.Find(value => value.Field == field).Number;

    public bool Has(int field) => values.Exists(value => value.Field == field);

    private ReadOnlyMemory<byte> Bytes(int field) => values.Find(value => value.Field == field).Bytes;

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
