using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Silo.Management;

/// <summary>Answers on the management port. It starts before everything else and stops after it: a silo that drains still says so.</summary>
/// <param name="endpoint">Where it listens.</param>
/// <param name="endpoints">What it answers.</param>
/// <param name="services">The host's services.</param>
/// <param name="loggers">For the server.</param>
public sealed partial class ManagementListener(IPEndPoint endpoint, IEnumerable<ManagementEndpoint> endpoints, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private const long MaxBodyBytes = 1024;

    private readonly Dictionary<string, ManagementEndpoint> byPath = endpoints.ToDictionary(one => one.Path, StringComparer.Ordinal);
    private readonly ILogger logger = loggers.CreateLogger<ManagementListener>();
    private KestrelServer? server;

    /// <summary>Gets where it listens, once it does.</summary>
    public Uri? Address { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = services };
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Listen(endpoint);
        server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        try
        {
            await server.StartAsync(this, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new IOException($"{error.Message} {ManagementOptions.SectionName}:{nameof(ManagementOptions.Port)} names another port, 0 a free one, and {ManagementOptions.SectionName}:{nameof(ManagementOptions.Enabled)}=false does without.", error);
        }

        Address = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        LogListens(Address);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (server is not null)
            await server.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures) { RequestServices = services };

    /// <inheritdoc/>
    public Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!byPath.TryGetValue(context.Request.Path.Value ?? string.Empty, out var found))
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            return found.AnswerAsync(services, context);
        else
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => server?.Dispose();

    [LoggerMessage(1710, LogLevel.Information, "Health and metrics are answered on {Address}")]
    private partial void LogListens(Uri address);
}
