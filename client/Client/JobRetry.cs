using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;

namespace Darkroom.Client;

/// <summary>Jobs of what another job gave up.</summary>
public static class JobRetry
{
    /// <summary>Starts a new job, like one that has ended, of the pictures that it gave up or that were cancelled.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="job">The job that has ended.</param>
    /// <param name="name">The new job's name, or null for any. Saying the same again under a name is the same job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InvalidRequestException">It has not ended, or every picture of it is restored.</exception>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="JobConflictException">There is another job of the new name.</exception>
    public static async Task<RestorationJob> RetryJobAsync(this DarkroomClient client, RestorationJob job, string? name = null, CancellationToken cancellationToken = default)
    {
        var items = new List<JobItem>();
        await foreach (var result in job.ResultsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (result.Outcome != JobItemOutcome.Completed)
                items.Add(new JobItem(result.Name, result.Source?.Hash));
        }

        if (items.Count == 0)
            throw new InvalidRequestException("There is nothing to try again: every picture of the job is restored.");
        var request = await job.Grain.GetRequestAsync(cancellationToken).ConfigureAwait(false) with { Prefix = null };
        // A picture that was never read has no hash in the results; the list of the old job has it.
        if (request.ListHash is { } list)
            items = await WithHashesAsync(client, list, items, cancellationToken).ConfigureAwait(false);
        return await client.StartJobAsync(items, request, name, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<JobItem>> WithHashesAsync(DarkroomClient client, string list, List<JobItem> items, CancellationToken cancellationToken)
    {
        var wanted = items.Where(item => item.Hash is null).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0)
            return items;
        using var file = new MemoryStream();
        await client.DownloadAsync(new ImageRef(list, 0, 0, JsonLines.ContentType, 0), file, cancellationToken).ConfigureAwait(false);
        file.Position = 0;
        var hashes = new Dictionary<string, string?>(StringComparer.Ordinal);
        await foreach (var item in JsonLines.ReadAsync<JobItem>(file, cancellationToken).ConfigureAwait(false))
        {
            if (wanted.Contains(item!.Name))
                hashes[item.Name] = item.Hash;
        }

        return [.. items.Select(item => item.Hash is null ? item with { Hash = hashes.GetValueOrDefault(item.Name) } : item)];
    }
}
