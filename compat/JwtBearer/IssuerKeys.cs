using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>The keys that an issuer publishes: fetched when they are needed, again after a while, and soon when a token names one that is not known.</summary>
internal sealed class IssuerKeys(HttpClient client, Uri metadata, bool requireHttps, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private static readonly TimeSpan MinRefresh = TimeSpan.FromSeconds(30);
    private const int MinRsaBits = 2048;

    private readonly SemaphoreSlim fetching = new(1);
    private PublishedKeys? published;

    /// <summary>Gets what the issuer publishes.</summary>
    /// <param name="missing">The id of a key that was not among the keys, or null.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<PublishedKeys> GetAsync(string? missing, CancellationToken cancellationToken)
    {
        if (published is { } known && IsFresh(known, missing))
            return known;
        await fetching.WaitAsync(cancellationToken);
        try
        {
            if (published is { } newer && IsFresh(newer, missing))
                return newer;
            return published = await FetchAsync(cancellationToken);
        }
        finally
        {
            fetching.Release();
        }
    }

    private bool IsFresh(PublishedKeys keys, string? missing)
    {
        var age = time.GetUtcNow() - keys.At;
        return age < MinRefresh || (age < Lifetime && missing is null);
    }

    private async Task<PublishedKeys> FetchAsync(CancellationToken cancellationToken)
    {
        using var configuration = await ReadAsync(metadata, cancellationToken);
        var issuer = configuration.RootElement.GetProperty("issuer").GetString()!;
        var address = new Uri(configuration.RootElement.GetProperty("jwks_uri").GetString()!);
        if (requireHttps && address.Scheme != Uri.UriSchemeHttps)
            throw new InvalidOperationException("The issuer's jwks_uri does not use HTTPS.");
        using var set = await ReadAsync(address, cancellationToken);
        return new PublishedKeys(issuer, [.. set.RootElement.GetProperty("keys").EnumerateArray().Select(Read).OfType<SigningKey>()], time.GetUtcNow());
    }

    private async Task<JsonDocument> ReadAsync(Uri address, CancellationToken cancellationToken) =>
        JsonDocument.Parse(await client.GetByteArrayAsync(address, cancellationToken));

    // Keys of other kinds and for other uses are none of ours.
    private static SigningKey? Read(JsonElement key)
    {
        if (Text(key, "use") is { } use && use != "sig")
            return null;
        var (id, algorithm) = (Text(key, "kid"), Text(key, "alg"));
        if (Text(key, "kty") == "RSA" && algorithm is null or "RS256")
        {
            var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
            return rsa.KeySize < MinRsaBits ? null : new SigningKey(id, "RS256", (data, signature) => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }

        if (Text(key, "kty") == "EC" && Text(key, "crv") == "P-256" && algorithm is null or "ES256")
        {
            var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } });
            return new SigningKey(id, "ES256", (data, signature) => curve.VerifyData(data, signature, HashAlgorithmName.SHA256));
        }

        return null;
    }

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
}

internal sealed record PublishedKeys(string Issuer, IReadOnlyList<SigningKey> Keys, DateTimeOffset At);

internal sealed record SigningKey(string? Id, string Algorithm, Func<byte[], byte[], bool> Verify);
