using System.Buffers.Text;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Why a token is not taken.</summary>
internal sealed class InvalidTokenException(string reason) : Exception($"The token is not valid: {reason}.");

/// <summary>A token as it came; nothing in it is believed before its signature is checked.</summary>
internal sealed class JsonWebToken
{
    private const int MaxLength = 32 << 10;

    private readonly byte[] signed;
    private readonly byte[] signature;
    private readonly JsonElement payload;
    private readonly string algorithm;

    private JsonWebToken(JsonElement header, JsonElement payload, byte[] signed, byte[] signature)
    {
        (this.payload, this.signed, this.signature) = (payload, signed, signature);
        algorithm = Text(header, "alg") ?? string.Empty;
        KeyId = Text(header, "kid");
    }

    public string? KeyId { get; }

    public DateTimeOffset? ValidTo => Time("exp");

    public static JsonWebToken Read(string token)
    {
        var parts = token.Split('.');
        if (token.Length > MaxLength || parts.Length != 3)
            throw new InvalidTokenException("it has not three parts, or is too long");
        try
        {
            return new JsonWebToken(Json(parts[0]), Json(parts[1]), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            throw new InvalidTokenException("a part of it cannot be read");
        }
    }

    /// <summary>The algorithm is the key's; what the token says only has to agree.</summary>
    public bool IsSignedBy(PublishedKeys published, TokenValidationParameters parameters) => published.Keys.Any(key =>
        key.Algorithm == algorithm
        && parameters.ValidAlgorithms?.Contains(algorithm, StringComparer.Ordinal) != false
        && (KeyId is null || key.Id is null || key.Id == KeyId)
        && key.Verify(signed, signature));

    public void RequireValid(string publishedIssuer, TokenValidationParameters parameters, DateTimeOffset now)
    {
        if (Text(payload, "iss") != (parameters.ValidIssuer ?? publishedIssuer))
            throw new InvalidTokenException("it is of another issuer");
        if (parameters.ValidAudience is null || !Audiences().Contains(parameters.ValidAudience, StringComparer.Ordinal))
            throw new InvalidTokenException("it is for another audience");
        if (Time("exp") is not { } end || now - parameters.ClockSkew > end)
            throw new InvalidTokenException("it has expired, or does not say when it does");
        if (Time("nbf") is { } start && now + parameters.ClockSkew < start)
            throw new InvalidTokenException("it is not valid yet");
    }

    public IEnumerable<Claim> Claims()
    {
        foreach (var property in payload.EnumerateObject())
        {
            var values = property.Value.ValueKind == JsonValueKind.Array ? [.. property.Value.EnumerateArray()] : new[] { property.Value };
            foreach (var value in values.Where(value => value.ValueKind != JsonValueKind.Null))
                yield return new Claim(property.Name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }
    }

    private IEnumerable<string?> Audiences()
    {
        if (!payload.TryGetProperty("aud", out var audience))
            return [];
        return audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString())
            : [Text(payload, "aud")];
    }

    private DateTimeOffset? Time(string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && Math.Abs(seconds) < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement Json(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException("not an object");
    }
}
