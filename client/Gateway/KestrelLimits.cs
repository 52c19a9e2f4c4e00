using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway;

/// <summary>What the server takes: where it listens, how large and how slow a request may be.</summary>
internal static class KestrelLimits
{
    /// <summary>Sets them.</summary>
    public static void ApplyLimits(this KestrelServerOptions kestrel)
    {
        var options = kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var listen = kestrel.ApplicationServices.GetRequiredService<IOptions<ListenOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxJsonBytes;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(options.MinBytesPerSecond, options.SlowGrace);
        kestrel.Limits.RequestHeadersTimeout = options.SlowGrace;
        kestrel.Listen(IPAddress.Parse(listen.Address), listen.Port);
    }
}
