using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;

namespace Darkroom.Silo.Operator.Jobs;

/// <summary>Makes a job's request of a resource's spec. The resource may be anything: whatever is wrong with it is said, and nothing of it leads to another tenant.</summary>
internal sealed class JobPlanner(ContentStore contents, TenantIndex index)
{
    /// <summary>Makes the request. Pictures that are named one by one become a list in the content store; the same ones give the same list.</summary>
    /// <param name="tenant">Whose job it is.</param>
    /// <param name="spec">What its author wants.</param>
    /// <param name="isNew">Whether the job has not begun: only then the pictures must still be there.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidRequestException">A value is missing, out of range or not the tenant's.</exception>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public async Task<JobRequest> PlanAsync(string tenant, RestorationJobSpec spec, bool isNew, CancellationToken cancellationToken)
    {
        if (spec.Images is not { } images || images.Prefix is null == images.Items is null)
            throw new InvalidRequestException("spec.images has either a prefix or items; give one of them.");
        var request = new JobRequest(images.Prefix, null, spec.Command, spec.Words, spec.Settings, spec.Model, spec.Concurrency, spec.Pipeline);
        (request with { Prefix = string.Empty }).Validate();
        if (spec.Results is { } target)
            RequireTarget(tenant, target, images.Prefix);
        if (isNew)
            await RequireOwnAsync(tenant, spec, cancellationToken);
        if (images.Prefix is { } prefix)
        {
            RequireBelow(tenant, prefix, "spec.images.prefix");
            return request;
        }

        return request with { ListHash = await KeepAsync(tenant, images.Items!, cancellationToken) };
    }

    private async Task RequireOwnAsync(string tenant, RestorationJobSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Settings.Region?.MaskHash is { } mask)
            await RequireOwnAsync(tenant, mask, "spec.settings.region.maskHash", cancellationToken);
        var images = spec.Images?.Items ?? [];
        for (var i = 0; i < Math.Min(images.Count, RestorationJobSpec.MaxItems); i++)
        {
            if (images[i]?.Hash is { } hash)
                await RequireOwnAsync(tenant, hash, $"spec.images.items[{i}].hash", cancellationToken);
        }
    }

    // A job that wrote where it reads would replace what it reads, if anything could be replaced there.
    private static void RequireTarget(string tenant, JobResultsTarget target, string? source)
    {
        RequireBelow(tenant, target.Prefix, "spec.results.prefix");
        if (target.Prefix.Length is 0 or > JobResultsTarget.MaxPrefixLength || target.Prefix[^1] != '/' || target.Prefix == source)
            throw new InvalidRequestException($"spec.results.prefix cannot be used: it has 1 to {JobResultsTarget.MaxPrefixLength} characters, ends with a '/', and is not spec.images.prefix.");
    }

    private static void RequireBelow(string tenant, string prefix, string field)
    {
        try
        {
            BlobName.ValidatePrefix($"uploads/{tenant}/{prefix}");
        }
        catch (ArgumentException error)
        {
            throw new InvalidRequestException($"{field} cannot be used: {error.Message}");
        }

        if (prefix.Split('/').Any(part => part is "." or ".."))
            throw new InvalidRequestException($"{field} cannot be used: a part of it is '.' or '..'.");
    }

    private async Task<string> KeepAsync(string tenant, IReadOnlyList<JobImage> images, CancellationToken cancellationToken)
    {
        if (images.Count is 0 or > RestorationJobSpec.MaxItems)
            throw new InvalidRequestException($"spec.images.items has {images.Count} pictures; allowed are 1 to {RestorationJobSpec.MaxItems}. More pictures have a common prefix.");
        var items = new List<JobItem>(images.Count);
        for (var i = 0; i < images.Count; i++)
        {
            var image = images[i] ?? throw new InvalidRequestException($"spec.images.items[{i}] is null.");
            try
            {
                BlobName.Validate(image.Name);
                BlobName.Validate($"uploads/{tenant}/{image.Name}");
            }
            catch (ArgumentException error)
            {
                throw new InvalidRequestException($"spec.images.items[{i}].name cannot be used: {error.Message}");
            }

            items.Add(new JobItem(image.Name, image.Hash));
        }

        using var list = new MemoryStream();
        await JsonLines.WriteAsync(list, items, cancellationToken);
        list.Position = 0;
        return (await contents.PutAsync(list, JsonLines.ContentType, cancellationToken)).Hash;
    }

    // A hash alone opens no door: a picture of somebody else is as if it were not there.
    private async Task RequireOwnAsync(string tenant, string hash, string field, CancellationToken cancellationToken)
    {
        if (!ContentRef.IsHash(hash))
            throw new InvalidRequestException($"{field} has not {ContentRef.HashLength} lower-case hexadecimal digits.");
        if (!await index.HasAsync(tenant, TenantIndex.Pictures, hash, cancellationToken))
            throw new InvalidRequestException($"{field}: the tenant '{tenant}' has no picture '{hash}'; upload it first.");
    }
}
