using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Darkroom.Storage.AzureBlobs;

/// <summary>Blobs in a container of an Azure storage account, which is created at the first use.</summary>
/// <remarks>Retries and time-outs are those of the container's client: see <see cref="BlobStoreOptions.MaxRetries"/>.</remarks>
/// <param name="container">The container.</param>
/// <param name="pageSize">How many blobs one request of a listing asks for; Azure gives at most 5000.</param>
public sealed class AzureBlobStore(BlobContainerClient container, int pageSize = 1000) : IBlobStore
{
    // What a write holds in memory.
    private const int PieceBytes = 8 << 20;

    private volatile bool containerExists;

    /// <inheritdoc/>
    public async Task<Storage.BlobProperties> WriteAsync(
        string name,
        Stream content,
        WriteCondition condition = default,
        string? contentType = null,
        CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        ArgumentNullException.ThrowIfNull(content);
        var type = contentType ?? Storage.BlobProperties.DefaultContentType;
        var options = new BlobUploadOptions
        {
            Conditions = Conditions(condition),
            HttpHeaders = new BlobHttpHeaders { ContentType = type },
        };
        await GuardedAsync(name, () => EnsureContainerAsync(cancellationToken), cancellationToken).ConfigureAwait(false);

        var upload = new AzureUpload(container.GetBlockBlobClient(name), options, PieceBytes);
        var (info, size) = await upload
            .RunAsync(content, request => SendAsync(name, condition, () => request(), cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return new(name, size, info.ETag.ToString(), type, info.LastModified);
    }

    /// <inheritdoc/>
    public async Task<BlobContent> OpenReadAsync(string name, BlobRange range = default, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        if (range.Length == 0)
        {
            // HTTP has no empty range.
            return await OpenEmptyAsync(name, range, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await EnsureContainerAsync(cancellationToken).ConfigureAwait(false);
            var options = new BlobDownloadOptions { Range = range == default ? default : new HttpRange(range.Offset, range.Length) };
            var response = await container.GetBlobClient(name).DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
            var details = response.Value.Details;
            var properties = new Storage.BlobProperties(
                name, WholeSize(details), details.ETag.ToString(), details.ContentType, details.LastModified);
            return new BlobContent(new AzureReadStream(response.Value.Content, cause => Failed(name, cause)), properties);
        }
        catch (RequestFailedException exception) when (exception.Status == 404 && IsBlobMissing(exception))
        {
            throw BlobNotFoundException.For(name, exception);
        }
        catch (RequestFailedException exception) when (exception.Status == 416)
        {
            // The range starts at the end of the blob or beyond it.
            return await OpenEmptyAsync(name, range, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheStore(exception, cancellationToken))
        {
            throw Failed(name, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<Storage.BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        try
        {
            await EnsureContainerAsync(cancellationToken).ConfigureAwait(false);
            var response = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var found = response.Value;
            return new(name, found.ContentLength, found.ETag.ToString(), found.ContentType, found.LastModified);
        }
        catch (RequestFailedException exception) when (exception.Status == 404 && IsBlobMissing(exception))
        {
            return null;
        }
        catch (Exception exception) when (IsOfTheStore(exception, cancellationToken))
        {
            throw Failed(name, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        var condition = ifMatch is null ? WriteCondition.None : WriteCondition.IfMatch(ifMatch);
        try
        {
            await EnsureContainerAsync(cancellationToken).ConfigureAwait(false);
            await container.GetBlobClient(name)
                .DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, Conditions(condition), cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404 && IsBlobMissing(exception))
        {
            return false;
        }
        catch (RequestFailedException exception) when (IsConflict(exception, condition))
        {
            // Azure also says so of a blob that is not there.
            return await FindAsync(name, cancellationToken).ConfigureAwait(false) is null
                ? false
                : throw BlobConflictException.For(name, condition, presentETag: null, exception);
        }
        catch (Exception exception) when (IsOfTheStore(exception, cancellationToken))
        {
            throw Failed(name, exception);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Storage.BlobProperties> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        BlobName.ValidatePrefix(prefix);
        var shown = prefix.Length == 0 ? container.Name : prefix;
        await GuardedAsync(shown, () => EnsureContainerAsync(cancellationToken), cancellationToken).ConfigureAwait(false);

        var pages = container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken)
            .AsPages(pageSizeHint: pageSize)
            .GetAsyncEnumerator(cancellationToken);
        await using (pages.ConfigureAwait(false))
        {
            while (await GuardedAsync(shown, () => pages.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
            {
                foreach (var item in pages.Current.Values)
                {
                    var found = item.Properties;
                    yield return new(
                        item.Name,
                        found.ContentLength ?? 0,
                        Quoted(found.ETag),
                        found.ContentType ?? Storage.BlobProperties.DefaultContentType,
                        found.LastModified ?? default);
                }
            }
        }
    }

    private static BlobRequestConditions? Conditions(WriteCondition condition)
    {
        if (condition.MustBeAbsent)
        {
            return new BlobRequestConditions { IfNoneMatch = ETag.All };
        }

        return condition.MatchETag is { } eTag ? new BlobRequestConditions { IfMatch = new ETag(eTag) } : null;
    }

    /// <summary>The ETag as the headers of single requests give it; listings leave the quotes out.</summary>
    private static string Quoted(ETag? eTag)
    {
        var text = eTag?.ToString() ?? "";
        return text.StartsWith('"') ? text : $"\"{text}\"";
    }

    private static long WholeSize(BlobDownloadDetails details)
    {
        // "bytes 0-9/100" when a range was asked for.
        var range = details.ContentRange;
        return range is not null && long.TryParse(range.AsSpan(range.LastIndexOf('/') + 1), out var size) ? size : details.ContentLength;
    }

    private static bool IsBlobMissing(RequestFailedException exception) => exception.ErrorCode != BlobErrorCode.ContainerNotFound;

    // 409 also says "the container is being deleted" or "the blob is leased", which are failures. A list of blocks that Azure does
    // not know any more means that another write ended in between, since that drops them: under a condition this is a conflict.
    private static bool IsConflict(RequestFailedException exception, WriteCondition condition) =>
        condition != WriteCondition.None
        && (exception.Status == 412
            || exception.ErrorCode == BlobErrorCode.BlobAlreadyExists
            || exception.ErrorCode == BlobErrorCode.ConditionNotMet
            || exception.ErrorCode == BlobErrorCode.InvalidBlockList);

    private static bool IsOfTheStore(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        // The client's own time-outs are cancellations too; only the caller's is the caller's.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RequestFailedException or AggregateException or IOException => true,
        _ => false,
    };

    private BlobStoreException Failed(string name, Exception cause)
    {
        // Azure's messages go on for a page with all headers; the first line says it.
        var first = cause.Message.Split('\n', 2)[0].Trim();
        return new($"The container {container.Name} of {container.Uri.Host} failed for '{name}': {first}", cause);
    }

    private async Task<T> SendAsync<T>(string name, WriteCondition condition, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (RequestFailedException exception) when (IsConflict(exception, condition))
        {
            throw BlobConflictException.For(name, condition, presentETag: null, exception);
        }
        catch (Exception exception) when (IsOfTheStore(exception, cancellationToken))
        {
            throw Failed(name, exception);
        }
    }

    private async Task<T> GuardedAsync<T>(string name, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheStore(exception, cancellationToken))
        {
            throw Failed(name, exception);
        }
    }

    private async Task<BlobContent> OpenEmptyAsync(string name, BlobRange range, CancellationToken cancellationToken)
    {
        var properties = await FindAsync(name, cancellationToken).ConfigureAwait(false) ?? throw BlobNotFoundException.For(name);
        _ = range.CountWithin(properties.SizeBytes);
        return new BlobContent(Stream.Null, properties);
    }

    private async Task<bool> EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (!containerExists)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            containerExists = true;
        }

        return true;
    }
}
