using System.Runtime.CompilerServices;

namespace Darkroom.Storage;

/// <summary>Notes which names belong to a tenant: its sessions, its jobs, its pictures. Whoever is not noted does not see them.</summary>
/// <param name="store">Where the notes are kept, as empty blobs <c>tenants/{tenant}/{kind}/{name}</c>.</param>
public sealed class TenantIndex(IBlobStore store)
{
    /// <summary>The kind of sessions.</summary>
    public const string Sessions = "session";

    /// <summary>The kind of jobs.</summary>
    public const string Jobs = "job";

    /// <summary>The kind of pictures; their names are hashes.</summary>
    public const string Pictures = "picture";

    /// <summary>Notes a name; saying it twice is the same as saying it once.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="kind">What it names.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    public async Task AddAsync(string tenant, string kind, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.WriteBytesAsync(NameOf(tenant, kind, name), [], WriteCondition.IfAbsent, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (BlobConflictException)
        {
            // It is noted already, with the time at which that happened.
        }
    }

    /// <summary>Tells whether a name is noted.</summary>
    public Task<bool> HasAsync(string tenant, string kind, string name, CancellationToken cancellationToken = default) =>
        store.ExistsAsync(NameOf(tenant, kind, name), cancellationToken);

    /// <summary>Takes a note back; one that is not there is no error.</summary>
    public Task RemoveAsync(string tenant, string kind, string name, CancellationToken cancellationToken = default) =>
        store.DeleteAsync(NameOf(tenant, kind, name), cancellationToken: cancellationToken);

    /// <summary>Lists a tenant's names of a kind, by name.</summary>
    /// <returns>Each name, and when it was noted first.</returns>
    public async IAsyncEnumerable<(string Name, DateTimeOffset At)> ListAsync(
        string tenant, string kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var folder = NameOf(tenant, kind, string.Empty);
        await foreach (var blob in store.ListAsync(folder, cancellationToken).ConfigureAwait(false))
            yield return (blob.Name[folder.Length..], blob.LastModified);
    }

    /// <summary>Lists a tenant's names of a kind, those that were noted last first.</summary>
    public async Task<List<(string Name, DateTimeOffset At)>> ListNewestAsync(string tenant, string kind, CancellationToken cancellationToken = default)
    {
        var names = new List<(string Name, DateTimeOffset At)>();
        await foreach (var one in ListAsync(tenant, kind, cancellationToken).ConfigureAwait(false))
            names.Add(one);
        names.Sort((a, b) => (b.At, b.Name).CompareTo((a.At, a.Name)));
        return names;
    }

    private static string NameOf(string tenant, string kind, string name) => $"tenants/{tenant}/{kind}/{name}";
}
