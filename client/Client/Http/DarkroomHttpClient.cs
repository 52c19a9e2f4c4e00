using System.Collections.Immutable;
using System.Net;
using Darkroom.Contracts.Catalog;

namespace Darkroom.Client.Http;

/// <summary>Talks to a Darkroom server over HTTP. (Inside a cluster <see cref="DarkroomClient"/> talks to its grains.)</summary>
/// <remarks>
/// <para>Every call is tried again where its failure may pass, with growing waits and as <c>Retry-After</c> says. A POST carries an
/// idempotency key, the same in each attempt, so it is done once. Files go out and come in as streams, never whole in memory.</para>
/// <para>What is refused or fails for good is a <see cref="DarkroomHttpException"/>. Instances may be used by many threads at once.</para>
/// </remarks>
public sealed class DarkroomHttpClient : IDisposable
{
    private readonly HttpClient http;
    private readonly bool isOwned;
    private readonly HttpTransport transport;

    /// <summary>Makes a client with connections of its own.</summary>
    /// <param name="server">The server's address, such as <c>https://darkroom.example/</c>.</param>
    /// <param name="key">An API key or an OpenID Connect token; null for a server that needs none, which is one on this machine.</param>
    /// <param name="options">How patient it is; the defaults if null.</param>
    /// <param name="time">Clock for waits; the system's if null.</param>
    /// <exception cref="ArgumentException">The address is not one of HTTP, or the key has characters that no header takes.</exception>
    public DarkroomHttpClient(Uri server, string? key = null, DarkroomHttpOptions? options = null, TimeProvider? time = null)
        : this(NewHttp(server), key, options, time) => isOwned = true;

    /// <summary>Makes a client over connections that a program has already, such as those of <c>IHttpClientFactory</c>.</summary>
    /// <param name="http">The connections, with their base address; they stay the caller's. Their own time limit holds too.</param>
    /// <param name="key">An API key or an OpenID Connect token, or null.</param>
    /// <param name="options">How patient it is; the defaults if null.</param>
    /// <param name="time">Clock for waits; the system's if null.</param>
    /// <exception cref="ArgumentException">The address is not one of HTTP, or the key has characters that no header takes.</exception>
    public DarkroomHttpClient(HttpClient http, string? key = null, DarkroomHttpOptions? options = null, TimeProvider? time = null)
    {
        if (key is not null && (key.Length == 0 || !key.All(c => c is > ' ' and <= '~')))
            throw new ArgumentException("The key is empty or has characters other than visible ASCII ones.", nameof(key));
        this.http = http;
        transport = new HttpTransport(http, Rooted(http.BaseAddress), key, (options ?? new DarkroomHttpOptions()).Validated(), time ?? TimeProvider.System);
        var events = new EventReader(transport);
        Runs = new HttpRuns(transport, events);
        Sessions = new HttpSessions(transport, events, Runs);
        Images = new HttpImages(transport);
        Jobs = new HttpJobs(transport, events);
        Uploads = new HttpUploads(transport);
    }

    /// <summary>Gets conversations about pictures.</summary>
    public HttpSessions Sessions { get; }

    /// <summary>Gets single restorations.</summary>
    public HttpRuns Runs { get; }

    /// <summary>Gets pictures by their content.</summary>
    public HttpImages Images { get; }

    /// <summary>Gets batches of pictures that are restored alike.</summary>
    public HttpJobs Jobs { get; }

    /// <summary>Gets files by name, for jobs that are given a prefix.</summary>
    public HttpUploads Uploads { get; }

    /// <summary>Tells who the caller is to the server.</summary>
    public Task<CallerInfo> GetCallerAsync(CancellationToken cancellationToken = default) => transport.GetAsync<CallerInfo>("v1/me", cancellationToken);

    /// <summary>Tells what the tenant may, has and has used.</summary>
    public Task<TenantUsage> GetUsageAsync(CancellationToken cancellationToken = default) => transport.GetAsync<TenantUsage>("v1/usage", cancellationToken);

    /// <summary>Lists the pipelines, also those that no checkpoint is there for.</summary>
    public Task<ImmutableArray<PipelineInfo>> ListPipelinesAsync(CancellationToken cancellationToken = default) =>
        transport.GetAsync<ImmutableArray<PipelineInfo>>("v1/pipelines", cancellationToken);

    /// <summary>Lists the checkpoints; the name of one is the <c>model</c> of a session, a run or a job.</summary>
    public Task<ImmutableArray<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken = default) =>
        transport.GetAsync<ImmutableArray<CheckpointInfo>>("v1/checkpoints", cancellationToken);

    /// <summary>Tells the silos with their devices, resident models and queues. For operators; others get a 403.</summary>
    public Task<ClusterReport> GetClusterAsync(CancellationToken cancellationToken = default) => transport.GetAsync<ClusterReport>("v1/cluster", cancellationToken);

    /// <summary>Closes the connections that are its own.</summary>
    public void Dispose()
    {
        if (isOwned)
            http.Dispose();
    }

    // The transport ends calls itself, by silence: a large upload may take its time. A redirection would carry files and keys elsewhere.
    private static HttpClient NewHttp(Uri server) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    })
    {
        BaseAddress = Rooted(server),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static Uri Rooted(Uri? server)
    {
        if (server is not { IsAbsoluteUri: true } || server.Scheme is not ("http" or "https") || server.Query.Length > 0 || server.Fragment.Length > 0)
            throw new ArgumentException($"'{server}' is no address of a server; it looks like https://darkroom.example/ or http://127.0.0.1:8080/.", nameof(server));
        return server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
    }
}
