using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Contracts.Tenants;

/// <summary>A word that a client gives to a request, so that saying it again does it once.</summary>
public static class IdempotencyKey
{
    /// <summary>The longest accepted key (characters).</summary>
    public const int MaxLength = 128;

    /// <summary>Into how many parts a tenant's keys are spread.</summary>
    public const int Parts = 16;

    /// <summary>Gets the key of the grain that remembers a key.</summary>
    /// <exception cref="InvalidRequestException">The key is empty, too long or has characters that are not visible ASCII.</exception>
    public static string GrainKeyOf(string tenant, string idempotencyKey)
    {
        SessionKey.Require(tenant, "tenant");
        Require(idempotencyKey);
        var part = SHA256.HashData(Encoding.ASCII.GetBytes(idempotencyKey))[0] % Parts;
        return string.Create(CultureInfo.InvariantCulture, $"{tenant}/{part}");
    }

    /// <summary>Checks a key.</summary>
    /// <exception cref="InvalidRequestException">The key is empty, too long or has characters that are not visible ASCII.</exception>
    public static void Require(string idempotencyKey)
    {
        if (string.IsNullOrEmpty(idempotencyKey) || idempotencyKey.Length > MaxLength)
            throw new InvalidRequestException($"An idempotency key has 1 to {MaxLength} characters; this one has {idempotencyKey?.Length ?? 0}.");
        if (!idempotencyKey.All(c => c is > ' ' and <= '~'))
            throw new InvalidRequestException("An idempotency key has visible ASCII characters only.");
    }
}
