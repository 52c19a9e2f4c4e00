namespace Darkroom.Storage;

/// <summary>A part of a blob. The default value is the whole blob.</summary>
public readonly record struct BlobRange
{
    /// <summary>Names the part that starts at an offset.</summary>
    /// <param name="offset">First byte, counted from 0.</param>
    /// <param name="length">Number of bytes; null reads to the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative.</exception>
    public BlobRange(long offset, long? length = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (length is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(length));
        }

        Offset = offset;
        Length = length;
    }

    /// <summary>Gets the first byte, counted from 0.</summary>
    public long Offset { get; }

    /// <summary>Gets the number of bytes, or null for all that follow the offset.</summary>
    public long? Length { get; }

    /// <summary>How many bytes of a blob of this size the range covers.</summary>
    /// <param name="sizeBytes">Length of the blob, in bytes.</param>
    /// <returns>The number of bytes from <see cref="Offset"/> that are both asked for and there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range starts beyond the end.</exception>
    public long CountWithin(long sizeBytes)
    {
        if (Offset > sizeBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sizeBytes), sizeBytes, $"The range starts at byte {Offset}; the blob has {sizeBytes} bytes.");
        }

        return Math.Min(Length ?? long.MaxValue, sizeBytes - Offset);
    }
}
