using Darkroom.Contracts.Images;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Json;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Gateway.Images;

/// <summary>Pictures go in and out by their content.</summary>
internal static class ImageEndpoints
{
    private const string Part = "image";
    private const string Immutable = "private, max-age=31536000, immutable";

    // A few sizes, so that what is drawn for one is there for the next.
    private static readonly int[] Widths = [64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>Adds the routes.</summary>
    public static void MapImages(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        var group = routes.MapGroup("/images").WithTags("Images");
        group.MapPost("/", UploadAsync).WithMetadata(BodySize.OfPictures(options), ReadsUploads.Mark).WithName("uploadImage")
            .Accepts<ImageBody>("application/json", "multipart/form-data", "image/*", "application/octet-stream").Produces<ImageRef>(StatusCodes.Status201Created);
        group.MapMethods("/{hash}", [HttpMethods.Get, HttpMethods.Head], GetAsync).WithName("getImage");
    }

    /// <summary>Stores a picture: as the body itself, as the part <c>image</c> of a form, or as base64 in JSON.</summary>
    internal static async Task<IResult> UploadAsync(HttpRequest request, PictureIntake intake, OnceOnly once, CancellationToken cancellationToken)
    {
        var picture = await TakeAsync(request, intake, cancellationToken);
        if (await once.BeginAsync(picture, cancellationToken) is { } before)
            return before;
        return TypedResults.Created($"/v1/images/{picture.Hash}", picture);
    }

    private static async Task<ImageRef> TakeAsync(HttpRequest request, PictureIntake intake, CancellationToken cancellationToken)
    {
        if (FormReader.IsForm(request))
        {
            ImageRef? taken = null;
            await FormReader.ReadAsync(
                request,
                async (field, _, file) =>
                {
                    if (field != Part || taken is not null)
                        throw ProblemException.Invalid("The form has one file, the part 'image'.");
                    taken = await intake.TakeAsync(file, cancellationToken);
                },
                cancellationToken);
            return taken ?? throw ProblemException.Invalid("The form has no file 'image'.");
        }

        if (request.HasJsonContentType())
        {
            var (_, pictures) = await request.ReadBodyAsync<ImageBody>(intake, [Part], cancellationToken);
            return pictures.GetValueOrDefault(Part) ?? throw ProblemException.Invalid("The body has no 'image'.");
        }

        if (request.ContentType is { } type && (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase)))
            return await intake.TakeAsync(request.Body, cancellationToken);
        throw ProblemException.WrongType(request.ContentType, "image/*, application/octet-stream, multipart/form-data, application/json");
    }

    /// <summary>Gets a picture's file, or the picture in another size or format.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="width">The width that is needed (pixels); what comes is the next larger of 64, 128, 256, 512, 1024, 2048 and 4096, and never larger than the picture.</param>
    /// <param name="format">png, jpeg, webp or tiff.</param>
    /// <param name="depth">Bits of a channel: 8 or 16.</param>
    /// <param name="download">The name under which browsers save it.</param>
    internal static async Task<IResult> GetAsync(
        string hash, int? width, string? format, int? depth, string? download, HttpContext context, PictureIntake intake, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var picture = await intake.FindAsync(hash, cancellationToken);
        if (width is not null || format is not null || depth is not null)
        {
            var request = new RenderRequest(width is null ? null : Round(width.Value), format is null ? null : $"image/{format}", depth);
            picture = await grains.GetGrain<IPictureGrain>(hash).RenderAsync(request, cancellationToken);
        }

        return Send(context, blobs, picture, download);
    }

    /// <summary>Sends a picture's file with ranges, its hash as the tag, and for ever.</summary>
    public static IResult Send(HttpContext context, IBlobStore blobs, ImageRef picture, string? download)
    {
        context.Response.Headers.CacheControl = Immutable;
        var isShown = RenderRequest.MediaTypes.Contains(picture.MediaType);
        return TypedResults.Stream(
            new BlobSeekStream(blobs, ContentStore.NameOf(picture.Hash), picture.SizeBytes),
            isShown ? picture.MediaType : BlobProperties.DefaultContentType,
            download is null && isShown ? null : SafeName.Of(download ?? picture.Hash),
            entityTag: new EntityTagHeaderValue($"\"{picture.Hash}\""),
            enableRangeProcessing: true);
    }

    private static int Round(int width) => width is >= 1 and <= RenderRequest.LargestWidth
        ? Widths.FirstOrDefault(one => one >= width, RenderRequest.LargestWidth)
        : throw ProblemException.Invalid($"The width is {width}; allowed are 1 to {RenderRequest.LargestWidth} pixels.");
}

/// <summary>A picture in JSON.</summary>
/// <param name="Image">The file, base64.</param>
internal sealed record ImageBody(byte[] Image);
