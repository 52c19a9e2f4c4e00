using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Darkroom.Gateway.Audit;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Identity;

/// <summary>API keys: those of the configuration and those that operators made. Only their hashes are kept.</summary>
/// <remarks>A key has 256 random bits, so its plain SHA-256 cannot be turned back.</remarks>
internal sealed class KeyStore(IBlobStore blobs, IOptionsMonitor<IdentityOptions> options, TimeProvider time)
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "dk_";

    /// <summary>What the audit log calls the making of a key.</summary>
    public static readonly Audited Created = new("key.create");

    /// <summary>What the audit log calls the taking back of one.</summary>
    public static readonly Audited Revoked = new("key.revoke", "id");

    private const string Folder = "keys/";
    private const int MaxKeyLength = 200;
    private const int MaxNoteBytes = 4096;
    private const int SecretBytes = 32;

    /// <summary>Hashes a key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Finds whose key it is.</summary>
    /// <returns>The key, or null: nobody's.</returns>
    /// <exception cref="BlobStoreException">The store failed.</exception>
    public async Task<ApiKey?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length > MaxKeyLength)
            return null;
        return await FindByIdAsync(HashOf(key), cancellationToken);
    }

    /// <summary>Finds a key by its hash.</summary>
    public async Task<ApiKey?> FindByIdAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var (name, known) in options.CurrentValue.Keys)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(known.Sha256), Encoding.ASCII.GetBytes(id)))
                return new ApiKey(id, known.Tenant, known.Role, name, DateTimeOffset.UnixEpoch);
        }

        var read = ContentRef.IsHash(id) ? await blobs.TryReadBytesAsync(Folder + id, MaxNoteBytes, cancellationToken) : null;
        return read is { } found ? JsonSerializer.Deserialize<ApiKey>(found.Bytes) : null;
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The key itself, which is kept nowhere, and what is kept of it.</returns>
    public async Task<(string Secret, ApiKey Key)> CreateAsync(string tenant, string role, string name, CancellationToken cancellationToken)
    {
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var key = new ApiKey(HashOf(secret), tenant, role, name, time.GetUtcNow());
        await blobs.WriteBytesAsync(Folder + key.Id, JsonSerializer.SerializeToUtf8Bytes(key), WriteCondition.IfAbsent, cancellationToken: cancellationToken);
        return (secret, key);
    }

    /// <summary>Lists the keys that operators made.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        var keys = new List<ApiKey>();
        await foreach (var blob in blobs.ListAsync(Folder, cancellationToken))
        {
            if (await FindByIdAsync(blob.Name[Folder.Length..], cancellationToken) is { } key)
                keys.Add(key);
        }

        return keys;
    }

    /// <summary>Takes a key back; it is refused from then on.</summary>
    /// <returns>Whether there was such a key.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        ContentRef.IsHash(id) && await blobs.DeleteAsync(Folder + id, cancellationToken: cancellationToken);
}

/// <summary>What is kept of a key.</summary>
/// <param name="Id">Its hash.</param>
/// <param name="Account">The tenant whose key it is.</param>
/// <param name="Role">What its holder may.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ApiKey(string Id, string Account, string Role, string Name, DateTimeOffset CreatedAt);
