using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;

namespace Darkroom.Gateway.OpenAi;

/// <summary>OpenAI's way to ask for a changed picture, so that programs written for it restore with Darkroom.</summary>
internal static class EditEndpoint
{
    private const int MaxImages = 4;

    /// <summary>Adds the route.</summary>
    public static void MapEdits(this IEndpointRouteBuilder routes, GatewayOptions options) =>
        routes.MapPost("/images/edits", EditAsync).WithMetadata(BodySize.OfPictures(options, 2), ReadsUploads.Mark).WithTags("OpenAI").WithName("editImage")
            .Accepts<EditForm>("multipart/form-data").Produces<EditReply>();

    /// <summary>Restores a picture by a prompt and waits for it, as OpenAI's <c>images/edits</c> does. An empty prompt, or <c>&lt;restore&gt;</c>, leaves the words to the describer.</summary>
    internal static async Task<IResult> EditAsync(
        HttpRequest request, Caller caller, PictureIntake intake, OnceOnly once, IGrainFactory grains, ContentStore contents, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!FormReader.IsForm(request))
            throw ProblemException.WrongType(request.ContentType, "multipart/form-data");
        var input = await EditInput.ReadAsync(request, intake, cancellationToken);
        if (await once.BeginAsync(input, cancellationToken) is { } before)
            return before;
        var model = await ModelOfAsync(input.Model, grains, cancellationToken);
        var region = input.Mask is null ? null : await RegionOfAsync(input.Mask, input.Image, caller, grains, request, cancellationToken);
        var runs = Enumerable.Range(0, input.Count).Select(seed => RestoreAsync(
            RunKey.Create(caller.Tenant, $"{once.Id}.{seed}").ToString(),
            new RunRequest(input.Image, input.Kind, input.Words, null, new RestorationSettings(Seed: (ulong)seed, Region: region), model),
            caller, grains, cancellationToken));
        var pictures = await Task.WhenAll(runs);
        var data = new List<EditedImage>();
        foreach (var picture in pictures)
        {
            data.Add(input.AsUrl
                ? new EditedImage(null, $"{request.Scheme}://{request.Host}/v1/images/{picture.Hash}")
                : new EditedImage(await ReadAsync(picture, contents, cancellationToken), null));
        }

        return TypedResults.Ok(new EditReply(time.GetUtcNow().ToUnixTimeSeconds(), data, "png", pictures[0].Width, pictures[0].Height));
    }

    private static async Task<ImageRef> RestoreAsync(string runId, RunRequest run, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        await grains.GetGrain<IRunGrain>(runId).StartAsync(run, cancellationToken);
        try
        {
            var status = await caller.Client.Run(runId).WaitAsync(cancellationToken: cancellationToken);
            return status.Result ?? throw new ProblemException(
                StatusCodes.Status422UnprocessableEntity, "run-failed", "The picture could not be restored.", status.Error?.Message ?? "The run was cancelled.");
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more.
            await caller.Client.Run(runId).CancelAsync(CancellationToken.None);
            throw;
        }
    }

    // Clients send the names of OpenAI's models by themselves; only one of ours changes anything.
    private static async Task<string?> ModelOfAsync(string? model, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (model is null or "darkroom" || model.StartsWith("gpt-image", StringComparison.Ordinal) || model.StartsWith("dall-e", StringComparison.Ordinal))
            return null;
        var checkpoints = await grains.GetGrain<Contracts.Catalog.ICatalogGrain>(Contracts.Catalog.ICatalogGrain.Key).ListCheckpointsAsync(cancellationToken);
        return checkpoints.Any(one => one.Name == model)
            ? model
            : throw ProblemException.NotFound($"There is no model of that name; there are {string.Join(", ", checkpoints.Select(one => one.Name))}.");
    }

    // Transparent is what may change there; white is what may change here.
    private static async Task<RestorationRegion> RegionOfAsync(
        ImageRef mask, ImageRef image, Caller caller, IGrainFactory grains, HttpRequest request, CancellationToken cancellationToken)
    {
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
            throw ProblemException.Invalid($"The mask has {mask.Width} x {mask.Height} pixels and the picture {image.Width} x {image.Height}; they are of one size.");
        var drawn = await grains.GetGrain<IPictureGrain>(mask.Hash).RenderAsync(new RenderRequest(MediaType: "image/png", TransparencyAsMask: true), cancellationToken);
        await request.HttpContext.RequestServices.GetRequiredService<TenantIndex>().AddAsync(caller.Tenant, TenantIndex.Pictures, drawn.Hash, cancellationToken);
        return new RestorationRegion(drawn.Hash);
    }

    private static async Task<byte[]> ReadAsync(ImageRef picture, ContentStore contents, CancellationToken cancellationToken)
    {
        await using var content = await contents.OpenAsync(picture.Hash, verify: true, cancellationToken);
        var bytes = new byte[content.Properties.SizeBytes];
        await content.Stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>Tells the largest number of pictures of a request.</summary>
    internal static int Most => MaxImages;
}
