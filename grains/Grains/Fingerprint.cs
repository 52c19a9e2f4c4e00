using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Grains;

/// <summary>A short name of a request's content, to tell whether it is the same that comes again.</summary>
internal static class Fingerprint
{
    // Values that are not set are left out: a member that a later version adds does not change what was said before.
    private static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Names a content; equal contents have equal names.</summary>
    public static string Of<T>(T content) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content, Options)));
}
