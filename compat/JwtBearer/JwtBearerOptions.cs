using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

public class JwtBearerOptions : AuthenticationSchemeOptions
{
    public bool RequireHttpsMetadata { get; set; } = true;

    public string? Authority { get; set; }

    public string? Audience { get; set; }

    public string? MetadataAddress { get; set; }

    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    public TimeSpan BackchannelTimeout { get; set; } = TimeSpan.FromMinutes(1);

    public bool RefreshOnIssuerKeyNotFound { get; set; } = true;

    public TokenValidationParameters TokenValidationParameters { get; set; } = new();

    /// <summary>The stand-in leaves claims as the token names them: set it to false.</summary>
    public bool MapInboundClaims { get; set; } = true;

    internal IssuerKeys Keys { get; set; } = null!;
}

/// <summary>Completes the options and makes what fetches the issuer's keys.</summary>
internal sealed class JwtBearerPostConfigureOptions : IPostConfigureOptions<JwtBearerOptions>
{
    private const long MaxDocumentBytes = 1 << 20;

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (options.MapInboundClaims)
            throw new NotSupportedException("This build uses compat/JwtBearer, which does not rename claims: set MapInboundClaims to false.");
        if (string.IsNullOrEmpty(options.MetadataAddress) && !string.IsNullOrEmpty(options.Authority))
            options.MetadataAddress = options.Authority.TrimEnd('/') + "/.well-known/openid-configuration";
        if (string.IsNullOrEmpty(options.MetadataAddress))
            throw new InvalidOperationException("Provide Authority or MetadataAddress to JwtBearerOptions.");
        var address = new Uri(options.MetadataAddress);
        if (options.RequireHttpsMetadata && address.Scheme != Uri.UriSchemeHttps)
            throw new InvalidOperationException("The MetadataAddress or Authority must use HTTPS unless disabled for development by setting RequireHttpsMetadata=false.");
        if (options.Audience is { Length: > 0 } audience && options.TokenValidationParameters.ValidAudience is null)
            options.TokenValidationParameters.ValidAudience = audience;
        var client = new HttpClient(options.BackchannelHttpHandler ?? new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = options.BackchannelTimeout,
            MaxResponseContentBufferSize = MaxDocumentBytes,
        };
        options.Keys = new IssuerKeys(client, address, options.RequireHttpsMetadata, options.TimeProvider ?? TimeProvider.System);
    }
}
