namespace Darkroom.Storage;

/// <summary>An open blob: its bytes and the properties that belong to exactly these bytes. Disposing closes the stream.</summary>
public sealed class BlobContent : IAsyncDisposable, IDisposable
{
    /// <summary>Joins a stream with its blob's properties.</summary>
    /// <param name="stream">The bytes of the blob, or of the range that was asked for; owned from now on.</param>
    /// <param name="properties">Properties of the whole blob.</param>
    public BlobContent(Stream stream, BlobProperties properties)
    {
        Stream = stream;
        Properties = properties;
    }

    /// <summary>Gets the bytes, forward only: of the whole blob, or of the range that was asked for.</summary>
    public Stream Stream { get; }

    /// <summary>Gets the properties of the whole blob, also when only a range was asked for.</summary>
    public BlobProperties Properties { get; }

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
