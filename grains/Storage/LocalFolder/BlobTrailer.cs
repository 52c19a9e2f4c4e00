using System.Buffers.Binary;
using System.Text.Json;

namespace Darkroom.Storage.LocalFolder;

/// <summary>What stands behind the bytes of a blob in its file, so that one rename replaces bytes and properties together.</summary>
/// <remarks>Layout: bytes of the blob | JSON | length of the JSON, 4 bytes little-endian | 8 bytes "DARKBLB1".</remarks>
internal sealed record BlobTrailer(string ETag, string ContentType, DateTimeOffset LastModified, long SizeBytes)
{
    private const int FooterBytes = 12;
    private const int MaxJsonBytes = 4096;

    private static ReadOnlySpan<byte> Magic => "DARKBLB1"u8;

    public BlobProperties ToProperties(string name) => new(name, SizeBytes, ETag, ContentType, LastModified);

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this);
        if (json.Length > MaxJsonBytes)
        {
            throw new ArgumentException($"The content type is too long: {ContentType.Length} characters.");
        }

        var bytes = new byte[json.Length + FooterBytes];
        json.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(json.Length), json.Length);
        Magic.CopyTo(bytes.AsSpan(json.Length + 4));
        return bytes;
    }

    /// <summary>Reads the trailer of an open file.</summary>
    /// <exception cref="InvalidDataException">The file was not written by this store, or is damaged.</exception>
    public static BlobTrailer Read(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var fileBytes = RandomAccess.GetLength(file);
        Span<byte> footer = stackalloc byte[FooterBytes];
        if (fileBytes < FooterBytes || RandomAccess.Read(file, footer, fileBytes - FooterBytes) != FooterBytes || !footer[4..].SequenceEqual(Magic))
        {
            throw new InvalidDataException("the file has no trailer of a blob");
        }

        var jsonBytes = BinaryPrimitives.ReadInt32LittleEndian(footer);
        if (jsonBytes is <= 0 or > MaxJsonBytes || jsonBytes > fileBytes - FooterBytes)
        {
            throw new InvalidDataException($"the blob's trailer gives itself {jsonBytes} bytes");
        }

        Span<byte> json = stackalloc byte[jsonBytes];
        _ = RandomAccess.Read(file, json, fileBytes - FooterBytes - jsonBytes);
        var trailer = Parse(json);
        var sizeBytes = fileBytes - FooterBytes - jsonBytes;
        return trailer.SizeBytes == sizeBytes
            ? trailer
            : throw new InvalidDataException($"the file holds {sizeBytes} bytes of a blob with {trailer.SizeBytes}");
    }

    private static BlobTrailer Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<BlobTrailer>(json) ?? throw new InvalidDataException("the blob's trailer is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("the blob's trailer cannot be read", exception);
        }
    }
}
