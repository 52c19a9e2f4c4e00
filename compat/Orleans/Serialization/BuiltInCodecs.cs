using System.Globalization;
using System.Net;
using System.Numerics;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Codecs of the types of the platform that never change.</summary>
internal static class BuiltInCodecs
{
    public static readonly Dictionary<Type, PayloadCodec> All = new PayloadCodec[]
    {
        Shallow<bool>((w, v) => w.WriteByte(v ? (byte)1 : (byte)0), r => r.ReadByte() != 0),
        Shallow<byte>((w, v) => w.WriteByte(v), r => r.ReadByte()),
        Shallow<sbyte>((w, v) => w.WriteByte((byte)v), r => (sbyte)r.ReadByte()),
        Shallow<short>((w, v) => w.WriteInt64(v), r => checked((short)r.ReadInt64())),
        Shallow<ushort>((w, v) => w.WriteUInt32(v), r => checked((ushort)r.ReadUInt32())),
        Shallow<int>((w, v) => w.WriteInt64(v), r => checked((int)r.ReadInt64())),
        Shallow<uint>((w, v) => w.WriteUInt32(v), r => r.ReadUInt32()),
        Shallow<long>((w, v) => w.WriteInt64(v), r => r.ReadInt64()),
        Shallow<ulong>((w, v) => w.WriteUInt64(v), r => r.ReadUInt64()),
        Shallow<char>((w, v) => w.WriteUInt32(v), r => checked((char)r.ReadUInt32())),
        Shallow<float>((w, v) => w.WriteFixed32(BitConverter.SingleToUInt32Bits(v)), r => BitConverter.UInt32BitsToSingle(r.ReadFixed32())),
        Shallow<double>((w, v) => w.WriteFixed64(BitConverter.DoubleToUInt64Bits(v)), r => BitConverter.UInt64BitsToDouble(r.ReadFixed64())),
        Shallow<Half>((w, v) => w.WriteUInt32(BitConverter.HalfToUInt16Bits(v)), r => BitConverter.UInt16BitsToHalf(checked((ushort)r.ReadUInt32()))),
        Shallow<decimal>(WriteDecimal, ReadDecimal),
        Shallow<Int128>((w, v) => WriteUInt128(w, (UInt128)v), r => (Int128)ReadUInt128(r)),
        Shallow<UInt128>(WriteUInt128, ReadUInt128),
        Shallow<string>((w, v) => w.WriteString(v), r => r.ReadString()),
        Shallow<Guid>((w, v) => w.WriteBytes(v.ToByteArray()), r => new Guid(r.ReadBytes(16))),
        Shallow<DateTime>((w, v) => w.WriteInt64(v.ToBinary()), r => DateTime.FromBinary(r.ReadInt64())),
        Shallow<DateTimeOffset>(WriteDateTimeOffset, r => new DateTimeOffset(r.ReadInt64(), new TimeSpan(r.ReadInt64()))),
        Shallow<TimeSpan>((w, v) => w.WriteInt64(v.Ticks), r => new TimeSpan(r.ReadInt64())),
        Shallow<DateOnly>((w, v) => w.WriteUInt32((uint)v.DayNumber), r => DateOnly.FromDayNumber(checked((int)r.ReadUInt32()))),
        Shallow<TimeOnly>((w, v) => w.WriteInt64(v.Ticks), r => new TimeOnly(r.ReadInt64())),
        Shallow<Uri>((w, v) => w.WriteString(v.OriginalString), r => new Uri(r.ReadString(), UriKind.RelativeOrAbsolute)),
        Shallow<Version>((w, v) => w.WriteString(v.ToString()), r => Version.Parse(r.ReadString())),
        Shallow<CultureInfo>((w, v) => w.WriteString(v.Name), r => CultureInfo.GetCultureInfo(r.ReadString())),
        Shallow<IPAddress>((w, v) => w.WriteString(v.ToString()), r => IPAddress.Parse(r.ReadString())),
        Shallow<IPEndPoint>((w, v) => w.WriteString(v.ToString()), r => IPEndPoint.Parse(r.ReadString())),
        Shallow<BigInteger>((w, v) => w.WriteString(v.ToString("R", CultureInfo.InvariantCulture)), r => BigInteger.Parse(r.ReadString(), CultureInfo.InvariantCulture)),
        Shallow<GrainId>((w, v) => w.WriteString(v.IsDefault ? "" : v.ToString()), r => r.ReadString() is { Length: > 0 } text ? GrainId.Parse(text) : default),
        Shallow<GrainType>((w, v) => w.WriteString(v.ToString()), r => r.ReadString() is { Length: > 0 } text ? GrainType.Create(text) : default),
        Shallow<IdSpan>((w, v) => w.WriteString(v.ToString()), r => IdSpan.Create(r.ReadString())),
        Shallow<SiloAddress>((w, v) => w.WriteString(v.ToParsableString()), r => SiloAddress.FromParsableString(r.ReadString())),
        Shallow<CancellationToken>((w, v) => w.WriteByte(v.IsCancellationRequested ? (byte)1 : (byte)0), r => new CancellationToken(r.ReadByte() != 0)),
        Shallow<GrainReference>(GrainReferenceCodec.Write, GrainReferenceCodec.Read),
        new PlainObjectCodec(),
    }.ToDictionary(c => c.Type);

    private static ShallowCodec<T> Shallow<T>(Action<ByteWriter, T> write, Func<ByteReader, T> read)
        where T : notnull => new(write, read);

    private static void WriteUInt128(ByteWriter writer, UInt128 value)
    {
        writer.WriteFixed64((ulong)value);
        writer.WriteFixed64((ulong)(value >> 64));
    }

    private static UInt128 ReadUInt128(ByteReader reader)
    {
        var low = reader.ReadFixed64();
        return new UInt128(reader.ReadFixed64(), low);
    }

    private static void WriteDecimal(ByteWriter writer, decimal value)
    {
        foreach (var part in decimal.GetBits(value))
            writer.WriteFixed32((uint)part);
    }

    private static decimal ReadDecimal(ByteReader reader) =>
        new([(int)reader.ReadFixed32(), (int)reader.ReadFixed32(), (int)reader.ReadFixed32(), (int)reader.ReadFixed32()]);

    private static void WriteDateTimeOffset(ByteWriter writer, DateTimeOffset value)
    {
        writer.WriteInt64(value.Ticks);
        writer.WriteInt64(value.Offset.Ticks);
    }
}

/// <summary>An <see cref="object"/> that is nothing else: only its identity counts.</summary>
internal sealed class PlainObjectCodec : PayloadCodec<object>
{
    public override bool IsShallow => false;

    public override object Copy(object value, CopyContext context)
    {
        var copy = new object();
        context.Add(value, copy);
        return copy;
    }

    public override void Write(ByteWriter writer, object value) => writer.WriteByte(0);

    public override object Read(ByteReader reader, uint? id)
    {
        reader.ReadByte();
        var value = new object();
        if (id is not null)
            reader.Add(id.Value, value);
        return value;
    }
}

internal sealed class EnumCodec<T, TUnderlying> : PayloadCodec<T>
    where T : struct, Enum
    where TUnderlying : struct
{
    private readonly PayloadCodec<TUnderlying> _underlying = CodecFactory.Of<TUnderlying>();

    public override bool IsShallow => true;

    public override T Copy(T value, CopyContext context) => value;

    public override void Write(ByteWriter writer, T value) => _underlying.Write(writer, System.Runtime.CompilerServices.Unsafe.BitCast<T, TUnderlying>(value));

    public override T Read(ByteReader reader, uint? id) => System.Runtime.CompilerServices.Unsafe.BitCast<TUnderlying, T>(_underlying.Read(reader, id));
}
