using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>Speaks to the API server: the few requests that the operator needs.</summary>
internal sealed class KubernetesClient : IDisposable
{
    private const string MergePatch = "application/merge-patch+json";

    // The API server takes no larger resource; a page of small ones stays far below.
    private const int MaxAnswerBytes = 256 << 20;

    // How much longer than the server's own end of a watch a silent connection is waited for.
    private static readonly TimeSpan WatchGrace = TimeSpan.FromSeconds(30);

    private readonly ServiceAccount account;
    private readonly OperatorOptions options;
    private readonly HttpClient http;

    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <exception cref="KubernetesException">Nobody said where the API server is.</exception>
    public KubernetesClient(ServiceAccount account, OperatorOptions options)
    {
        (this.account, this.options) = (account, options);
        http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = options.RequestTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,                                          // the token goes to nobody else
            UseProxy = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => account.IsTrusted(certificate, chain, errors) },
        })
        {
            BaseAddress = account.Server,
            Timeout = Timeout.InfiniteTimeSpan,                                 // each request has its own; a watch lasts
        };
    }

    /// <summary>Lists a page of the resources of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">What the page before said, or null for the first.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="KubernetesException">It failed; it is gone when the list took too long and has to begin anew.</exception>
    public Task<ResourcePage> ListAsync(ResourceKind kind, int limit, string? next, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={limit}");
        if (next is not null)
            query += $"&continue={Uri.EscapeDataString(next)}";
        return SendAsync<ResourcePage>(() => new HttpRequestMessage(HttpMethod.Get, kind.Path + query), cancellationToken);
    }

    /// <summary>Watches the resources of a kind until the server ends it.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="resourceVersion">Where to begin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubernetesException">It failed; it is gone when the server does not remember what happened since that version.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(ResourceKind kind, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = string.Create(
            CultureInfo.InvariantCulture,
            $"?watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(resourceVersion)}&timeoutSeconds={(int)options.WatchTimeout.TotalSeconds}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.WatchTimeout + WatchGrace);
        using var answer = await AskAsync(() => new HttpRequestMessage(HttpMethod.Get, kind.Path + query), cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var lines = WatchReader.ReadAsync(stream, limit.Token).GetAsyncEnumerator(CancellationToken.None);
        while (await TranslateAsync(async () => await lines.MoveNextAsync(), limit.Token, cancellationToken))
            yield return lines.Current;
    }

    /// <summary>Reads a resource.</summary>
    /// <returns>The resource, or null when there is none.</returns>
    /// <exception cref="KubernetesException">It failed.</exception>
    public async Task<KubernetesResource?> FindAsync(ResourceKind kind, ResourceName name, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync<KubernetesResource>(() => new HttpRequestMessage(HttpMethod.Get, kind.PathOf(name)), cancellationToken);
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Changes a resource, if it still is the one that was read.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="read">The resource as it was read.</param>
    /// <param name="patch">What becomes different: a field that is null goes.</param>
    /// <param name="isStatus">Whether the patch is to the status; anything else of it is ignored then.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The resource as it is now.</returns>
    /// <exception cref="KubernetesException">It failed; it is a conflict when the resource changed meanwhile.</exception>
    public Task<KubernetesResource> PatchAsync(ResourceKind kind, KubernetesResource read, JsonObject patch, bool isStatus, CancellationToken cancellationToken)
    {
        var metadata = patch["metadata"] as JsonObject ?? [];
        metadata["resourceVersion"] = read.Metadata.ResourceVersion;
        metadata["uid"] = read.Metadata.Uid;                                    // one of the same name that came later is another
        patch["metadata"] = metadata;
        var body = patch.ToJsonString();
        var path = kind.PathOf(read.Name) + (isStatus ? "/status" : string.Empty);
        return SendAsync<KubernetesResource>(
            () => new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, MergePatch) }, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<T> SendAsync<T>(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RequestTimeout);
        using var answer = await AskAsync(request, limit.Token, cancellationToken);
        return await TranslateAsync(
            async () =>
            {
                if (answer.Content.Headers.ContentLength > MaxAnswerBytes)
                    throw new KubernetesException($"The API server's answer has {answer.Content.Headers.ContentLength} bytes; at most {MaxAnswerBytes} are read.");
                return await JsonSerializer.DeserializeAsync<T>(await answer.Content.ReadAsStreamAsync(limit.Token), KubernetesJson.Options, limit.Token)
                    ?? throw new KubernetesException("The API server answered nothing.");
            },
            limit.Token,
            cancellationToken);
    }

    private async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.RequestTimeout);
        return await AskAsync(request, limit.Token, cancellationToken);
    }

    // A token that was replaced meanwhile is refused: the file has the new one.
    private async Task<HttpResponseMessage> AskAsync(Func<HttpRequestMessage> request, CancellationToken limit, CancellationToken stop)
    {
        var token = account.Token(refused: null);
        var answer = await AskOnceAsync(request, token, limit, stop);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && account.Token(token) is var newer && newer != token)
        {
            answer.Dispose();
            answer = await AskOnceAsync(request, newer, limit, stop);
        }

        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw await ApiFailure.ReadAsync(answer, limit);
    }

    private Task<HttpResponseMessage> AskOnceAsync(Func<HttpRequestMessage> make, string token, CancellationToken limit, CancellationToken stop) => TranslateAsync(
        async () =>
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
        },
        limit,
        stop);

    // Whatever goes wrong on the way is one kind of exception; only the caller's own wish to stop is another.
    private async Task<T> TranslateAsync<T>(Func<Task<T>> work, CancellationToken limit, CancellationToken stop)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new KubernetesException($"The API server at {account.Server} did not answer in time ({OperatorOptions.SectionName}:{nameof(OperatorOptions.RequestTimeout)} is {options.RequestTimeout}, {nameof(OperatorOptions.WatchTimeout)} {options.WatchTimeout}).", cause: error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or FormatException)
        {
            throw new KubernetesException($"The API server at {account.Server} did not answer as it should: {error.Message}", cause: error);
        }
    }
}
