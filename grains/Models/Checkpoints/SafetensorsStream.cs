using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>
/// The tensors of a checkpoint as the bytes of a safetensors file, made while they are read: a conversion needs no second copy on the
/// disk, and memory for one tensor.
/// </summary>
/// <remarks>Tensors come in ordinal order of their names, so equal tensors give equal bytes. Seeking is for reading again.</remarks>
public sealed class SafetensorsStream : Stream
{
    private readonly ITensorSource source;
    private readonly byte[] head;
    private readonly List<(TensorEntry Entry, long Start)> tensors = [];
    private Tensor? current;
    private int currentIndex = -1;
    private long position;

    /// <summary>Makes the stream.</summary>
    /// <param name="source">The tensors; not disposed.</param>
    /// <param name="floatType">What the tensors of floating-point numbers become; null leaves them.</param>
    /// <param name="metadata">The file's notes, or null.</param>
    public SafetensorsStream(ITensorSource source, ScalarType? floatType = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        this.source = source;
        var entries = source.Entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => ElementTypes.Convert(entry.Type, floatType) is var type && type == entry.Type
            ? entry
            : entry with { Type = type, ByteCount = entry.ByteCount / ElementTypes.SizeOf(entry.Type) * ElementTypes.SizeOf(type) }).ToList();
        var json = SafetensorsWriter.Header(entries, metadata);
        head = new byte[sizeof(ulong) + json.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)json.Length);
        json.CopyTo(head, sizeof(ulong));
        var start = (long)head.Length;
        foreach (var entry in entries.Where(entry => entry.ByteCount > 0))
        {
            tensors.Add((entry, start));
            start += entry.ByteCount;
        }

        Length = start;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => position = value is >= 0 && value <= Length ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"0 to {Length} are allowed.");
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0 || position == Length)
            return 0;
        if (position < head.Length)
            return Take(head.AsSpan((int)position), buffer);
        if (currentIndex < 0 || position < tensors[currentIndex].Start || position >= tensors[currentIndex].Start + tensors[currentIndex].Entry.ByteCount)
            MoveTo(tensors.FindLastIndex(tensor => tensor.Start <= position));

        // A span holds less than 2 GiB, so large tensors are looked at in parts.
        var (entry, start) = tensors[currentIndex];
        using var scope = NewDisposeScope();
        var size = ElementTypes.SizeOf(entry.Type);
        var (first, skip) = Math.DivRem(position - start, size);
        var count = Math.Min(current!.numel() - first, (skip + buffer.Length + size - 1) / size);
        return Take(current.narrow(0, first, count).bytes[(int)skip..], buffer);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => position,
        _ => Length,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            current?.Dispose();
        base.Dispose(disposing);
    }

    private void MoveTo(int index)
    {
        current?.Dispose();
        current = null;
        currentIndex = -1;
        using var scope = NewDisposeScope();
        var entry = tensors[index].Entry;
        current = source.Read(entry.Name, entry.Type).view(-1).DetachFromDisposeScope();
        currentIndex = index;
    }

    private int Take(ReadOnlySpan<byte> from, Span<byte> buffer)
    {
        var count = Math.Min(from.Length, buffer.Length);
        from[..count].CopyTo(buffer);
        position += count;
        return count;
    }
}
