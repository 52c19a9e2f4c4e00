using System.Runtime.CompilerServices;
using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Storage;
using Darkroom.Storage.Audit;

namespace Darkroom.Grains.Checkpoints;

/// <summary>The checkpoints in a blob store: a manifest each, and the bytes by their hash.</summary>
/// <param name="blobs">Where manifests are kept, as <c>checkpoints/NAME</c>.</param>
/// <param name="contents">Where the bytes are kept.</param>
/// <param name="audit">Is told what is added and removed; null for a store that nobody shares.</param>
public sealed class CheckpointStore(IBlobStore blobs, ContentStore contents, AuditLog? audit = null)
{
    /// <summary>What a name may be, in words.</summary>
    public const string NameRule = "1 to 100 lower-case letters, digits, '.', '-' and '_', beginning with a letter or digit and not ending with '.'";

    private const string Prefix = "checkpoints/";
    private const string ManifestType = "application/json";
    private const int MaxNameLength = 100;
    private const int MaxManifestBytes = 16 << 20;
    private const string ImportAction = "checkpoint.import";
    private const string RemoveAction = "checkpoint.remove";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Gets where the bytes are kept.</summary>
    public ContentStore Contents => contents;

    /// <summary>Whether a text may be the name of a checkpoint.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && text[^1] != '.' && (char.IsAsciiLetterLower(text[0]) || char.IsAsciiDigit(text[0])) &&
        text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    /// <summary>Refuses a name that is not allowed.</summary>
    /// <exception cref="InvalidCheckpointException">It is not; the message says what is.</exception>
    public static void RequireName(string name)
    {
        if (!IsName(name))
            throw new InvalidCheckpointException($"'{name}' cannot be the name of a checkpoint; allowed are {NameRule}.");
    }

    /// <summary>Writes a manifest as JSON.</summary>
    public static string Write(CheckpointManifest manifest) => JsonSerializer.Serialize(manifest, Json);

    /// <summary>Lists the checkpoints by name; one whose manifest is damaged does not hide the others.</summary>
    public async IAsyncEnumerable<ListedCheckpoint> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in blobs.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            var name = blob.Name[Prefix.Length..];
            ListedCheckpoint listed;
            try
            {
                listed = new ListedCheckpoint(name, await FindAsync(name, cancellationToken).ConfigureAwait(false), null);
            }
            catch (InvalidCheckpointException error)
            {
                listed = new ListedCheckpoint(name, null, error.Message);
            }

            if (listed.Manifest is not null || listed.Fault is not null)
                yield return listed;                                            // neither: removed meanwhile
        }
    }

    /// <summary>Lists the names of the checkpoints, each with the mark of its manifest's version; no manifest is read.</summary>
    public async IAsyncEnumerable<(string Name, string ETag)> ListNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in blobs.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            if (IsName(blob.Name[Prefix.Length..]))
                yield return (blob.Name[Prefix.Length..], blob.ETag);
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <returns>The manifest, or null when there is no such checkpoint.</returns>
    /// <exception cref="InvalidCheckpointException">The manifest is damaged.</exception>
    public async Task<CheckpointManifest?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        RequireName(name);
        return await blobs.TryReadBytesAsync(Prefix + name, MaxManifestBytes, cancellationToken).ConfigureAwait(false) is { } found
            ? Parse(name, found.Bytes)
            : null;
    }

    /// <summary>Reads a manifest that must be there.</summary>
    /// <exception cref="InvalidCheckpointException">There is no such checkpoint, or its manifest is damaged.</exception>
    public async Task<CheckpointManifest> GetAsync(string name, CancellationToken cancellationToken = default) =>
        await FindAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidCheckpointException($"There is no checkpoint '{name}'; 'checkpoint list' names those that there are.");

    /// <summary>Adds a checkpoint whose bytes are kept already.</summary>
    /// <exception cref="InvalidCheckpointException">There is one of this name; nothing was written.</exception>
    public async Task AddAsync(CheckpointManifest manifest, CancellationToken cancellationToken = default)
    {
        RequireName(manifest.Name);
        await RecordAsync(ImportAction, manifest.Name, () => WriteAsync(manifest, cancellationToken), size => $"{size} bytes", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Compares every blob of a checkpoint with its size and hash.</summary>
    /// <param name="manifest">The checkpoint.</param>
    /// <param name="progress">Told of each piece that was read: bytes so far, and the file's path.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What is wrong, a line each; empty when nothing is.</returns>
    public async Task<IReadOnlyList<string>> VerifyAsync(
        CheckpointManifest manifest, IProgress<(long Bytes, string Path)>? progress = null, CancellationToken cancellationToken = default)
    {
        var faults = new List<string>();
        var before = 0L;
        foreach (var blob in manifest.Blobs.DistinctBy(blob => blob.Sha256))
        {
            if (await VerifyAsync(blob, before, progress, cancellationToken).ConfigureAwait(false) is { } fault)
                faults.Add(fault);
            before += blob.SizeBytes;
        }

        return faults;
    }

    /// <summary>Removes a checkpoint, and of its bytes those that no other checkpoint names.</summary>
    /// <returns>Number of bytes that were freed.</returns>
    /// <exception cref="InvalidCheckpointException">There is no such checkpoint.</exception>
    public Task<long> RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        RequireName(name);
        return RecordAsync(RemoveAction, name, () => DeleteAsync(name, cancellationToken), freed => $"{freed} bytes freed", cancellationToken);
    }

    /// <summary>Deletes bytes that no checkpoint names; none while the manifest of one is damaged.</summary>
    /// <returns>Number of bytes that were freed.</returns>
    public async Task<long> FreeAsync(IEnumerable<CheckpointBlob> candidates, CancellationToken cancellationToken = default)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var other in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (other.Manifest is null)
                return 0;                                                       // what a damaged manifest needs is not known: everything stays
            used.UnionWith(other.Manifest.Blobs.Select(blob => blob.Sha256));
        }

        var freed = 0L;
        foreach (var blob in candidates.DistinctBy(blob => blob.Sha256).Where(blob => !used.Contains(blob.Sha256)))
        {
            if (await blobs.DeleteAsync(ContentStore.NameOf(blob.Sha256), cancellationToken: cancellationToken).ConfigureAwait(false))
                freed += blob.SizeBytes;
        }

        return freed;
    }

    private async Task<long> WriteAsync(CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            await blobs.WriteBytesAsync(
                Prefix + manifest.Name, JsonSerializer.SerializeToUtf8Bytes(manifest, Json), WriteCondition.IfAbsent, ManifestType, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobConflictException error)
        {
            throw new InvalidCheckpointException($"There is a checkpoint '{manifest.Name}' already; choose another name, or remove it first.", error);
        }

        return manifest.SizeBytes;
    }

    private async Task<long> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        CheckpointManifest? manifest = null;
        try
        {
            manifest = await GetAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidCheckpointException) when (!cancellationToken.IsCancellationRequested)
        {
            // A damaged manifest can be removed too; which bytes it named is not known any more.
            if (!await blobs.ExistsAsync(Prefix + name, cancellationToken).ConfigureAwait(false))
                throw;
        }

        await blobs.DeleteAsync(Prefix + name, cancellationToken: cancellationToken).ConfigureAwait(false);
        return manifest is null ? 0 : await FreeAsync(manifest.Blobs, cancellationToken).ConfigureAwait(false);
    }

    private Task<long> RecordAsync(string action, string name, Func<Task<long>> work, Func<long, string?> describe, CancellationToken cancellationToken) =>
        audit is null ? work() : audit.RecordAsync(AuditActor.Process, action, name, work, describe, cancellationToken);

    private static CheckpointManifest Parse(string name, byte[] bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(bytes, Json)
                ?? throw new InvalidCheckpointException($"The manifest of checkpoint '{name}' is empty.");
            if (manifest.Version != CheckpointManifest.CurrentVersion)
                throw new InvalidCheckpointException($"The manifest of checkpoint '{name}' has version {manifest.Version}; known is {CheckpointManifest.CurrentVersion}.");
            if (manifest.Name != name || manifest.Components is null || manifest.Files is null || manifest.Components.Any(component => component is not { Weights: not null, Name: not null, Kind: not null }))
                throw new InvalidCheckpointException($"The manifest of checkpoint '{name}' is damaged: a part of it is missing.");
            if (manifest.Blobs.FirstOrDefault(blob => blob is null || !ContentRef.IsHash(blob.Sha256) || blob.SizeBytes < 0) is { } bad)
                throw new InvalidCheckpointException($"The manifest of checkpoint '{name}' names a blob by '{bad.Sha256}', which is no SHA-256.");
            return manifest;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new InvalidCheckpointException($"The manifest of checkpoint '{name}' is damaged: {error.Message}", error);
        }
    }

    private async Task<string?> VerifyAsync(
        CheckpointBlob blob, long before, IProgress<(long Bytes, string Path)>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var content = await contents.OpenAsync(blob.Sha256, verify: true, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                if (content.Properties.SizeBytes != blob.SizeBytes)
                    return $"{blob.Path} has {content.Properties.SizeBytes} bytes; the manifest says {blob.SizeBytes}";
                var buffer = new byte[1 << 20];
                var read = before;
                while (await content.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
                    progress?.Report((read += count, blob.Path));
                return null;
            }
        }
        catch (BlobNotFoundException)
        {
            return $"{blob.Path} is not there: the manifest names blob {blob.Sha256}, which is absent";
        }
        catch (BlobStoreException error)
        {
            return $"{blob.Path} is damaged: {error.Message}";
        }
    }
}
