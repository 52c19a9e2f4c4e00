namespace Darkroom.Storage;

/// <summary>What a store knows of a blob besides its bytes.</summary>
/// <param name="Name">Name of the blob.</param>
/// <param name="SizeBytes">Length of the whole blob, in bytes.</param>
/// <param name="ETag">Opaque mark of this version; every write makes a new one, also a write of the same bytes.</param>
/// <param name="ContentType">Media type given by the writer.</param>
/// <param name="LastModified">When the blob was written, by the store's clock.</param>
public sealed record BlobProperties(string Name, long SizeBytes, string ETag, string ContentType, DateTimeOffset LastModified)
{
    /// <summary>The media type of a blob whose writer gave none.</summary>
    public const string DefaultContentType = "application/octet-stream";
}
