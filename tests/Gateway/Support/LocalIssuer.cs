using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Darkroom.Tests.Gateway.Support;

/// <summary>An OpenID Connect issuer on this machine: publishes its keys and signs tokens.</summary>
internal sealed class LocalIssuer : IAsyncDisposable
{
    private readonly WebApplication host;

    private LocalIssuer(WebApplication host) => this.host = host;

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Address { get; private set; } = string.Empty;

    public static async Task<LocalIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new LocalIssuer(builder.Build());
        issuer.host.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }));
        issuer.host.MapGet("/keys", () => Results.Json(new { keys = issuer.Keys() }));
        await issuer.host.StartAsync();
        issuer.Address = issuer.host.Urls.First();
        return issuer;
    }

    /// <summary>Makes the claims of a good token, to change.</summary>
    public Dictionary<string, object> Claims(string tenant, DateTimeOffset now) => new()
    {
        ["iss"] = Address,
        ["aud"] = "darkroom",
        ["sub"] = "anna",
        ["tenant"] = tenant,
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
    };

    /// <summary>Signs a token.</summary>
    public string Sign(Dictionary<string, object> claims, string algorithm = "RS256", RSA? rsa = null)
    {
        var kid = algorithm == "ES256" ? "curve" : "rsa";
        var text = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, kid, typ = "JWT" }))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = algorithm switch
        {
            "RS256" => (rsa ?? Rsa).SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "ES256" => Curve.SignData(bytes, HashAlgorithmName.SHA256),
            // What is public used as a secret, the old confusion of algorithms.
            "HS256" => HMACSHA256.HashData(Rsa.ExportSubjectPublicKeyInfo(), bytes),
            _ => [],
        };
        return $"{text}.{Encode(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Rsa.Dispose();
        Curve.Dispose();
    }

    private object[] Keys()
    {
        var (rsa, curve) = (Rsa.ExportParameters(false), Curve.ExportParameters(false));
        return
        [
            new { kty = "RSA", use = "sig", kid = "rsa", alg = "RS256", n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!) },
            new { kty = "EC", use = "sig", kid = "curve", crv = "P-256", alg = "ES256", x = Encode(curve.Q.X!), y = Encode(curve.Q.Y!) },
        ];
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
