using System.Runtime.CompilerServices;
using System.Text.Json;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;

namespace Darkroom.Grains.Jobs;

/// <summary>Reads what a job is to work on, once, into pages: what is uploaded or deleted later does not change the job.</summary>
internal sealed class JobLister(IBlobStore blobs, ContentStore contents, JobBlobs pages)
{
    /// <summary>Gets the folder that a tenant's jobs read blobs from; what is outside is none of the tenant's business.</summary>
    public static string UploadsOf(string tenant) => $"uploads/{tenant}/";

    /// <summary>Writes the pages of the manifest.</summary>
    /// <returns>The number of pictures.</returns>
    /// <exception cref="InvalidRequestException">The list is missing or has a bad line, or there are too many pictures.</exception>
    /// <exception cref="BlobStoreException">The blob store failed.</exception>
    public async Task<int> ListAsync(JobKey key, JobRequest request, string folder, int pageSize, int maxItems, CancellationToken cancellationToken)
    {
        var page = new List<JobItem>(pageSize);
        var total = 0;
        var items = request.Prefix is { } prefix ? FindAsync(key.Tenant, prefix, cancellationToken) : ReadAsync(request.ListHash!, cancellationToken);
        await foreach (var item in items)
        {
            if (total == maxItems)
                throw new InvalidRequestException($"The manifest has more than {maxItems} pictures, which is what is allowed ({JobOptions.SectionName}:{nameof(JobOptions.MaxItems)}).");
            page.Add(item);
            total++;
            if (page.Count < pageSize)
                continue;
            await pages.WriteAsync(JobBlobs.ManifestPage(folder, (total - 1) / pageSize), page, cancellationToken);
            page.Clear();
        }

        if (page.Count > 0)
            await pages.WriteAsync(JobBlobs.ManifestPage(folder, (total - 1) / pageSize), page, cancellationToken);
        return total;
    }

    private static InvalidRequestException Refuse(int line, string reason) => new($"Line {line} of the list cannot be used: {reason}.");

    private async IAsyncEnumerable<JobItem> FindAsync(string tenant, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var uploads = UploadsOf(tenant);
        try
        {
            BlobName.ValidatePrefix(uploads + prefix);
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException(error.Message);
        }

        await foreach (var blob in blobs.ListAsync(uploads + prefix, cancellationToken))
            yield return new JobItem(blob.Name[uploads.Length..]);
    }

    private async IAsyncEnumerable<JobItem> ReadAsync(string hash, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(hash, cancellationToken);
        await using var items = JsonLines.ReadAsync<JobItem>(content.Stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        for (var line = 1; ; line++)
        {
            try
            {
                if (!await items.MoveNextAsync())
                    yield break;
            }
            catch (JsonException error)
            {
                throw Refuse(line, error.Message);
            }

            yield return Check(line, items.Current);
        }
    }

    private static JobItem Check(int line, JobItem? item)
    {
        if (item?.Name is null)
            throw Refuse(line, "it has no name");
        if (item.Hash is { } hash && !ContentRef.IsHash(hash))
            throw Refuse(line, $"the hash has not {ContentRef.HashLength} lower-case hexadecimal digits");
        try
        {
            BlobName.Validate(item.Name);
        }
        catch (ArgumentException error)
        {
            throw Refuse(line, error.Message);
        }

        return item;
    }

    private async Task<BlobContent> OpenAsync(string hash, CancellationToken cancellationToken)
    {
        try
        {
            return await contents.OpenAsync(hash, verify: true, cancellationToken);
        }
        catch (Exception error) when (error is BlobNotFoundException or ArgumentException)
        {
            throw new InvalidRequestException($"There is no list '{hash}' in the content store; upload it first.", error);
        }
    }
}
