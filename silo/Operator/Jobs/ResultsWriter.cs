using System.Security.Cryptography;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Storage;

namespace Darkroom.Silo.Operator.Jobs;

/// <summary>How far the restored pictures of a job are written under their names.</summary>
/// <param name="Lines">Lines of the results that are dealt with.</param>
/// <param name="Written">Pictures that are there.</param>
/// <param name="Skipped">Pictures whose name is taken by something else, or cannot be a name.</param>
/// <param name="IsDone">Whether that was all.</param>
internal sealed record WrittenResults(int Lines, int Written, int Skipped, bool IsDone);

/// <summary>Writes the restored pictures of a job among the tenant's uploads, where people and other jobs find them by name. Nothing that is there already is replaced.</summary>
internal sealed class ResultsWriter(IBlobStore blobs, ContentStore contents, TimeProvider time)
{
    // After so long the status is written: whoever takes over goes on from there.
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);

    /// <summary>Writes pictures for a while.</summary>
    /// <param name="key">The job.</param>
    /// <param name="resultsHash">Its results.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="before">How far it was; null at first.</param>
    /// <param name="cancellationToken">Stops it; doing it again does no harm.</param>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public async Task<WrittenResults> WriteAsync(JobKey key, string resultsHash, string prefix, WrittenResults? before, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var (lines, written, skipped) = (0, before?.Written ?? 0, before?.Skipped ?? 0);
        await using var list = await contents.OpenAsync(resultsHash, verify: true, cancellationToken);
        await foreach (var result in JsonLines.ReadAsync<JobItemResult>(list.Stream, cancellationToken))
        {
            var name = result!.Result is null ? null : NameOf(result, names);
            lines++;
            if (lines <= (before?.Lines ?? 0) || name is null)
                continue;
            if (await TryWriteAsync($"uploads/{key.Tenant}/{prefix}{name}", result.Result!, cancellationToken))
                written++;
            else
                skipped++;
            if (time.GetElapsedTime(start) >= Slice)
                return new WrittenResults(lines, written, skipped, IsDone: false);
        }

        return new WrittenResults(lines, written, skipped, IsDone: true);
    }

    // Two sources may differ in their extension only. The results of a job never change, so the names are the same each time.
    private static string NameOf(JobItemResult result, HashSet<string> names)
    {
        var name = Path.ChangeExtension(result.Name, ".png");
        if (!names.Add(name))
            names.Add(name = $"{Path.ChangeExtension(result.Name, null)}.{result.Index}.png");
        return name;
    }

    private async Task<bool> TryWriteAsync(string name, ImageRef picture, CancellationToken cancellationToken)
    {
        try
        {
            BlobName.Validate(name);
        }
        catch (ArgumentException)
        {
            return false;
        }

        try
        {
            await using var content = await contents.OpenAsync(picture.Hash, verify: true, cancellationToken);
            await blobs.WriteAsync(name, content.Stream, WriteCondition.IfAbsent, picture.MediaType, cancellationToken);
            return true;
        }
        catch (BlobConflictException)
        {
            // Mostly this job's own picture, from before a silo died.
            return await HashAsync(name, cancellationToken) == picture.Hash;
        }
    }

    private async Task<string?> HashAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await blobs.OpenReadAsync(name, default, cancellationToken);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content.Stream, cancellationToken));
        }
        catch (BlobNotFoundException)
        {
            return null;
        }
    }
}
