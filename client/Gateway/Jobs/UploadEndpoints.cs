using Darkroom.Client.Http;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;
using Darkroom.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Jobs;

/// <summary>Files by name, for jobs that are given a prefix.</summary>
internal static class UploadEndpoints
{
    private const int MaxPage = 1000;

    /// <summary>Adds the routes.</summary>
    public static void MapUploads(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        var group = routes.MapGroup("/uploads").WithTags("Jobs");
        group.MapGet("/", ListAsync).WithName("listUploads");
        group.MapPut("/{*name}", PutAsync).WithMetadata(BodySize.OfPictures(options)).WithName("putUpload").Accepts<byte[]>("application/octet-stream", "image/*");
        group.MapDelete("/{*name}", DeleteAsync).WithName("deleteUpload");
    }

    /// <summary>Stores a file under a name, in place of what was there.</summary>
    internal static async Task<Created<Upload>> PutAsync(string name, HttpRequest request, Caller caller, IBlobStore blobs, IOptions<GatewayOptions> options, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxPictureBytes;
        await using var limited = new LimitedStream(request.Body, limit, () => ProblemException.TooLarge("The file", limit, nameof(GatewayOptions.MaxPictureBytes)));
        var written = await blobs.WriteAsync(NameOf(caller, name), limited, cancellationToken: cancellationToken);
        return TypedResults.Created($"/v1/uploads/{Uri.EscapeDataString(name)}", new Upload(name, written.SizeBytes, written.LastModified));
    }

    /// <summary>Lists files, by name.</summary>
    /// <param name="prefix">Start of their names.</param>
    /// <param name="after">The last file of the page before.</param>
    /// <param name="limit">Files of a page, 1 to 1,000; 100 unless something else is asked for.</param>
    internal static async Task<UploadPage> ListAsync(string? prefix, string? after, int? limit, Caller caller, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var count = limit ?? 100;
        if (count is < 1 or > MaxPage)
            throw ProblemException.Invalid($"The limit is {count}; allowed are 1 to {MaxPage}.");
        var folder = FolderOf(caller);
        try
        {
            BlobName.ValidatePrefix(folder + prefix);
        }
        catch (ArgumentException error)
        {
            throw ProblemException.Invalid(error.Message);
        }

        var found = new List<Upload>();
        await foreach (var blob in blobs.ListAsync(folder + prefix, cancellationToken))
        {
            var name = blob.Name[folder.Length..];
            if (after is not null && string.CompareOrdinal(name, after) <= 0)
                continue;
            if (found.Count == count)
                return new UploadPage(found, found[^1].Name);
            found.Add(new Upload(name, blob.SizeBytes, blob.LastModified));
        }

        return new UploadPage(found, null);
    }

    /// <summary>Deletes a file; one that is not there is no error.</summary>
    internal static async Task<NoContent> DeleteAsync(string name, Caller caller, IBlobStore blobs, CancellationToken cancellationToken)
    {
        await blobs.DeleteAsync(NameOf(caller, name), cancellationToken: cancellationToken);
        return TypedResults.NoContent();
    }

    private static string NameOf(Caller caller, string name) => FolderOf(caller) + ItemName.Require(name);

    // Where jobs look for the names of a prefix.
    private static string FolderOf(Caller caller) => $"uploads/{caller.Tenant}/";
}
