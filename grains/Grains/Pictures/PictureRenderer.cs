using System.Text.Json;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Pictures;

/// <summary>Draws pictures in other sizes and formats and remembers what it drew.</summary>
/// <remarks>It works beside the devices, on few threads: a page of thumbnails must not take the cores from the runs.</remarks>
internal sealed class PictureRenderer(RunBlobs files, IBlobStore blobs, IOptions<ImagingOptions> options) : IDisposable
{
    private const string Software = "Darkroom";
    private const int MaxNoteBytes = 4096;

    private readonly SemaphoreSlim places = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly PictureReader reader = new(files, options.Value);

    /// <summary>Draws a picture.</summary>
    /// <exception cref="Contracts.Errors.InvalidImageException">It is missing, damaged, or larger than allowed.</exception>
    /// <exception cref="StorageFailedException">The blob store failed.</exception>
    public async Task<ImageRef> RenderAsync(ImageRef picture, RenderRequest request, CancellationToken cancellationToken)
    {
        var shrinks = request.MaxWidth < picture.Width;
        if (!shrinks && !request.TransparencyAsMask && request.Description is null && request.BitDepth is null && (request.MediaType ?? picture.MediaType) == picture.MediaType && IsForBrowsers(picture.MediaType))
            return picture;
        try
        {
            var note = $"renders/{picture.Hash[..2]}/{picture.Hash}/{Fingerprint.Of(request)}";
            if (await blobs.TryReadBytesAsync(note, MaxNoteBytes, cancellationToken) is { } known)
                return JsonSerializer.Deserialize<ImageRef>(known.Bytes)!;
            var drawn = await DrawAsync(picture, request, shrinks, cancellationToken);
            await blobs.WriteBytesAsync(note, JsonSerializer.SerializeToUtf8Bytes(drawn), cancellationToken: cancellationToken);
            return drawn;
        }
        catch (BlobStoreException error)
        {
            throw new StorageFailedException($"The picture could not be drawn: {error.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private async Task<ImageRef> DrawAsync(ImageRef picture, RenderRequest request, bool shrinks, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            var decoded = await Task.Run(() => reader.ReadAsync(picture.Hash, null, cancellationToken), cancellationToken);
            return await Task.Run(
                async () =>
                {
                    var drawn = request.TransparencyAsMask ? MaskOf(decoded) : decoded;
                    var sized = shrinks ? Shrink(drawn, request.MaxWidth!.Value) : drawn;
                    var format = FormatOf(request.MediaType ?? Preferred(picture.MediaType, shrinks));
                    var settings = new EncodeSettings { BitDepth = request.BitDepth ?? (shrinks ? 8 : null), Description = request.Description, Software = request.Description is null ? null : Software };
                    var file = ImageEncoder.Encode(sized, format, settings);
                    var mediaType = ImageFormats.MediaTypeOf(format);
                    var hash = await files.WritePictureAsync(file, mediaType, cancellationToken);
                    return new ImageRef(hash, sized.Width, sized.Height, mediaType, file.Length);
                },
                cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    private static PlanarImage MaskOf(PlanarImage picture)
    {
        if (picture.Alpha is not { } alpha)
            throw new Contracts.Errors.InvalidImageException("The mask has no transparency: what may change is transparent in it.");
        var mask = new PlanarImage(picture.Width, picture.Height, isGrey: true);
        for (var i = 0; i < alpha.Length; i++)
            mask.Pixels[i] = 1 - alpha[i];
        return mask;
    }

    // The colour profile stays with the pixels; place and camera do not belong into a thumbnail.
    private static PlanarImage Shrink(PlanarImage picture, int width)
    {
        var height = Math.Max(1, (int)Math.Round(picture.Height * (width / (double)picture.Width)));
        var small = Resampler.Resize(picture, width, height);
        small.Metadata = new PictureMetadata(picture.Metadata.Icc);
        return small;
    }

    private static bool IsForBrowsers(string mediaType) => mediaType is "image/png" or "image/jpeg" or "image/webp";

    private static string Preferred(string mediaType, bool shrinks)
    {
        if (shrinks)
            return ImageFormats.MediaTypeOf(ImageFormat.Jpeg);
        return IsForBrowsers(mediaType) ? mediaType : ImageFormats.MediaTypeOf(ImageFormat.Png);
    }

    private static ImageFormat FormatOf(string mediaType) =>
        Enum.GetValues<ImageFormat>().First(format => ImageFormats.MediaTypeOf(format) == mediaType);
}
