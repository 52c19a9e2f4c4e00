using Microsoft.Extensions.Options;

namespace Darkroom.Gateway;

/// <summary>Cuts off the requests that are still under way a while after the gateway was told to stop: the server would wait for each of them, and the silo behind it for the server.</summary>
internal sealed class LateRequests(RequestDelegate next, IHostApplicationLifetime lifetime, IOptions<GatewayOptions> options)
{
    /// <summary>Serves a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // The later ones are disposed first: nothing is cut off that has ended, or begun since on the same connection.
        using var late = new CancellationTokenSource();
        using var cut = late.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        using var stopping = lifetime.ApplicationStopping.UnsafeRegister(_ => late.CancelAfter(options.Value.RequestGrace), null);
        await next(context);
    }
}
