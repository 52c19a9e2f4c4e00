using Darkroom.Contracts.Images;

namespace Darkroom.Client.Http;

/// <summary>Pictures by their content, over HTTP.</summary>
public sealed class HttpImages
{
    private readonly HttpTransport transport;

    internal HttpImages(HttpTransport transport) => this.transport = transport;

    /// <summary>Stores a picture's file; the same bytes are stored once.</summary>
    /// <param name="image">The file, read from where it stands; it stays the caller's. A stream that cannot seek is sent once, without a second attempt.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">422: it is no picture. 413: it is too large.</exception>
    public Task<ImageRef> UploadAsync(Stream image, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<ImageRef>("v1/images", HttpBody.OfFile(new FileSource(image)), idempotencyKey, cancellationToken);

    /// <summary>Copies a picture's file as it is; a connection that breaks is gone on with, and the bytes are compared with the hash.</summary>
    /// <param name="hash">The picture.</param>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such picture. Or what came is damaged.</exception>
    public Task DownloadAsync(string hash, Stream destination, CancellationToken cancellationToken = default) =>
        DownloadAsync(hash, new ImageForm(), destination, cancellationToken);

    /// <summary>Copies a picture in another size or format.</summary>
    /// <param name="hash">The picture.</param>
    /// <param name="form">Which.</param>
    /// <param name="destination">Where to; stays open.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such picture. 400: there is no such form of it.</exception>
    public Task DownloadAsync(string hash, ImageForm form, Stream destination, CancellationToken cancellationToken = default) =>
        new FileDownload(transport, HttpPath.Query($"v1/images/{HttpPath.Segment(hash)}", ("width", form.Width), ("format", form.Format), ("depth", form.Depth)))
            .CopyToAsync(destination, cancellationToken);
}

/// <summary>How a picture is wanted.</summary>
/// <param name="Width">The width that is needed (pixels); what comes is the next larger of 64, 128, 256, 512, 1024, 2048 and 4096, and never larger than the picture. Null for its own.</param>
/// <param name="Format"><c>png</c>, <c>jpeg</c>, <c>webp</c> or <c>tiff</c>; null for its own, and JPEG where a width is given.</param>
/// <param name="Depth">Bits of a channel, 8 or 16 (png, tiff); null for the format's default.</param>
public sealed record ImageForm(int? Width = null, string? Format = null, int? Depth = null);
