using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json;

namespace Darkroom.Client.Http;

/// <summary>Sends requests until there is an answer that counts: again after failures that pass, each POST under one key, so that it is done once.</summary>
internal sealed class HttpTransport(HttpClient http, Uri server, string? key, DarkroomHttpOptions options, TimeProvider time)
{
    /// <summary>Gets the server's address.</summary>
    public Uri Server { get; } = server;

    /// <summary>Gets how patient it is.</summary>
    public DarkroomHttpOptions Options { get; } = options;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Gets an answer in JSON.</summary>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, null, ReadJsonAsync<T>, cancellationToken);

    /// <summary>Reads a list whose answers are pages.</summary>
    /// <param name="path">The path, without a query or with one.</param>
    /// <param name="open">Takes a page apart: what is in it, and the name that the next one begins behind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<T> PagesAsync<TPage, T>(
        string path, Func<TPage, (IReadOnlyList<T> Items, string? Next)> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var (items, next) = open(await GetAsync<TPage>(HttpPath.Query(path, ("after", after)), cancellationToken).ConfigureAwait(false));
            foreach (var item in items)
                yield return item;
            after = next;
        }
        while (after is not null);
    }

    /// <summary>Posts; the answer is JSON.</summary>
    public Task<T> PostAsync<T>(string path, HttpBody? body, string? idempotencyKey, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, body, idempotencyKey, ReadJsonAsync<T>, cancellationToken);

    /// <summary>Deletes.</summary>
    public Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, null, null, (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Sends a request, and again after a failure that may pass.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, relative to the server's address.</param>
    /// <param name="body">The body, or null.</param>
    /// <param name="idempotencyKey">The caller's key of a POST, or null for a new one.</param>
    /// <param name="read">Reads the answer; it is called for each that came.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="prepare">Adds headers, for each attempt.</param>
    /// <exception cref="DarkroomHttpException">It failed for good.</exception>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpBody? body, string? idempotencyKey, Func<HttpResponseMessage, Silence, Task<T>> read, CancellationToken cancellationToken,
        Action<HttpRequestHeaders>? prepare = null)
    {
        if (method == HttpMethod.Post)
            idempotencyKey ??= Guid.NewGuid().ToString("N");
        var patience = new Patience(Options, Time);
        while (true)
        {
            TimeSpan wait;
            try
            {
                using var silence = new Silence(Options.Silence, Time, cancellationToken);
                using var response = await OpenAsync(method, path, body, idempotencyKey, silence, prepare).ConfigureAwait(false);
                return await read(response, silence).ConfigureAwait(false);
            }
            catch (DarkroomHttpException) when (body?.ReadError is { } unreadable)
            {
                ExceptionDispatchInfo.Throw(unreadable);
                throw;
            }
            catch (DarkroomHttpException error) when (error.IsTransient && body?.CanSend != false && patience.AfterFailure(error.RetryAfter) is { } next)
            {
                wait = next;
            }

            await Task.Delay(wait, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request once.</summary>
    /// <returns>An answer that says yes; the caller disposes it.</returns>
    /// <exception cref="DarkroomHttpException">There is none.</exception>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string path, HttpBody? body, string? idempotencyKey, Silence silence, Action<HttpRequestHeaders>? prepare)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server, path));
        request.Content = body?.ToContent(silence);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body?.HasFiles == true)
            request.Headers.ExpectContinue = true;
        prepare?.Invoke(request.Headers);
        var response = await GuardAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token), silence).ConfigureAwait(false);
        silence.Break();
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await GuardAsync(() => ProblemReader.ReadAsync(response, Time, silence.Token), silence).ConfigureAwait(false);
    }

    /// <summary>Turns what goes wrong with a connection into the one exception.</summary>
    public async Task<T> GuardAsync<T>(Func<Task<T>> call, Silence silence)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            silence.ThrowIfCallerEnded();
            throw silence.WasTooLong ? DarkroomHttpException.OfSilence(silence.Longest, Server) : DarkroomHttpException.OfConnection(error, Server);
        }
    }

    /// <summary>Refuses an answer of another type than the server promises, such as the page of a proxy.</summary>
    public static void RequireType(HttpResponseMessage response, string mediaType)
    {
        if (response.Content.Headers.ContentType?.MediaType != mediaType)
            throw DarkroomHttpException.OfDamage(response.StatusCode, $"It is {response.Content.Headers.ContentType?.ToString() ?? "of no type"} instead of {mediaType}: is the address that of a Darkroom server?");
    }

    /// <summary>Reads an answer in JSON.</summary>
    public async Task<T> ReadJsonAsync<T>(HttpResponseMessage response, Silence silence)
    {
        RequireType(response, "application/json");
        try
        {
            return await GuardAsync(() => response.Content.ReadFromJsonAsync<T>(HttpJson.Answers, silence.Token), silence).ConfigureAwait(false) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw DarkroomHttpException.OfDamage(response.StatusCode, error.Message, error);
        }
    }
}
