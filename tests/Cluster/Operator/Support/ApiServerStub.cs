using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>What goes wrong with a request.</summary>
/// <param name="Code">The answer instead of the right one; 0 cuts the connection.</param>
/// <param name="IsDone">Whether what was asked for is done all the same.</param>
/// <param name="RetryAfter">When to ask again (seconds).</param>
internal sealed record StubFault(int Code, bool IsDone = false, int? RetryAfter = null);

/// <summary>A request as the stub saw it.</summary>
internal sealed record StubRequest(string Method, string Path, string Query);

/// <summary>An API server of Kubernetes for the project's kinds, with its lists, watches and refusals, and with whatever can go wrong on the way.</summary>
internal sealed class ApiServerStub : IAsyncDisposable
{
    private const string Prefix = "/apis/darkroom.dev/v1alpha1/";

    private readonly WebApplication app;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private CancellationTokenSource watches = new();
    private int watching;

    private ApiServerStub(WebApplication app)
    {
        this.app = app;
        Store = new StubStore(StubSchema.LoadAll(), TimeProvider.System);
    }

    public StubStore Store { get; }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    /// <summary>Gets every request, the oldest first.</summary>
    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    /// <summary>Gets the tokens that are taken.</summary>
    public ConcurrentDictionary<string, byte> Tokens { get; } = new() { ["first"] = 0 };

    /// <summary>Gets or sets what goes wrong with a request; null for nothing.</summary>
    public Func<StubRequest, StubFault?>? Faults { get; set; }

    /// <summary>Gets or sets whether a watch from a version that is forgotten gets its refusal as an event.</summary>
    public bool SaysGoneAsEvent { get; set; }

    /// <summary>Gets or sets how many bytes of each line of a watch are sent before its connection is cut; null for all.</summary>
    public Func<int?>? CutsLineAt { get; set; }

    /// <summary>Gets or sets how long a watch is silent before it gets a bookmark.</summary>
    public TimeSpan BookmarkPeriod { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the version of the last bookmark of each kind.</summary>
    public ConcurrentDictionary<string, long> Bookmarks { get; } = new();

    /// <summary>Gets how many watches are open.</summary>
    public int WatchCount => Volatile.Read(ref watching);

    public static async Task<ApiServerStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new ApiServerStub(app);
        app.Run(stub.ServeAsync);
        await app.StartAsync();
        return stub;
    }

    /// <summary>Ends all watches: in order, as the server does now and then, or by cutting their connections.</summary>
    public void EndWatches()
    {
        lock (gate)
        {
            var old = watches;
            watches = new CancellationTokenSource();
            old.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await app.DisposeAsync();
        stop.Dispose();
        watches.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = new StubRequest(context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value ?? string.Empty);
        Requests.Enqueue(request);
        try
        {
            var token = context.Request.Headers.Authorization.ToString();
            if (!token.StartsWith("Bearer ", StringComparison.Ordinal) || !Tokens.ContainsKey(token["Bearer ".Length..]))
                throw new StubRefusal(401, "Unauthorized", "Unauthorized");
            var fault = Faults?.Invoke(request);
            if (fault is { IsDone: false })
            {
                await FailAsync(context, fault);
                return;
            }

            if (context.Request.Query.ContainsKey("watch"))
            {
                await WatchAsync(context);
                return;
            }

            var answer = await AnswerAsync(context);
            if (fault is not null)
                await FailAsync(context, fault);
            else
                await WriteAsync(context, context.Request.Method == "POST" ? 201 : 200, answer);
        }
        catch (StubRefusal refusal)
        {
            await WriteAsync(context, refusal.Code, refusal.ToStatus());
        }
    }

    private static async Task FailAsync(HttpContext context, StubFault fault)
    {
        if (fault.Code == 0)
        {
            context.Abort();
            return;
        }

        if (fault.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(context, fault.Code, new StubRefusal(fault.Code, "Fault", "the test broke it").ToStatus());
    }

    private static async Task WriteAsync(HttpContext context, int code, JsonObject answer)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private static (string Plural, string? Space, string? Name, bool IsStatus) Parse(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            throw new StubRefusal(404, "NotFound", "the server could not find the requested resource");
        var parts = path[Prefix.Length..].Split('/').ToList();
        string? space = null;
        if (parts is ["namespaces", _, ..])
        {
            space = parts[1];
            parts.RemoveRange(0, 2);
        }

        var isStatus = parts is [_, _, "status"];
        return parts.Count <= 3 ? (parts[0], space, parts.ElementAtOrDefault(1), isStatus) : throw new StubRefusal(404, "NotFound", "the server could not find the requested resource");
    }

    private async Task<JsonObject> AnswerAsync(HttpContext context)
    {
        var (plural, space, name, isStatus) = Parse(context);
        var query = context.Request.Query;
        switch (context.Request.Method)
        {
            case "GET" when name is null:
                return Store.List(plural, int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) ? limit : 0, query["continue"] is { Count: > 0 } next ? next.ToString() : null);
            case "GET":
                return Store.Get(plural, space, name);
            case "DELETE":
                return Store.Delete(plural, space, name!);
        }

        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        return context.Request.Method switch
        {
            "POST" => Store.Create(plural, space, body),
            "PUT" => Store.Update(plural, space, name!, body, isStatus),
            "PATCH" when context.Request.ContentType?.StartsWith("application/merge-patch+json", StringComparison.Ordinal) == true => Store.Patch(plural, space, name!, body, isStatus),
            "PATCH" => throw new StubRefusal(415, "UnsupportedMediaType", "the body of the request was in an unknown format"),
            _ => throw new StubRefusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };
    }

    private async Task WatchAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var plural = Parse(context).Plural;
        var after = long.Parse(query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        var bookmarks = query["allowWatchBookmarks"] == "true";
        CancellationToken ended;
        lock (gate)
            ended = watches.Token;
        if (!SaysGoneAsEvent)
            Store.Since(plural, after);                                         // refused before anything is sent
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ended, stop.Token);
        over.CancelAfter(TimeSpan.FromSeconds(int.Parse(query["timeoutSeconds"].ToString(), CultureInfo.InvariantCulture)));
        Interlocked.Increment(ref watching);
        try
        {
            while (true)
            {
                var change = Store.Changed;
                var (events, upTo) = Store.Since(plural, after);
                foreach (var happened in events)
                    await SendAsync(context, happened.Type, happened.Resource);
                var isQuiet = events.Count == 0;
                after = upTo;
                var first = await Task.WhenAny(change, Task.Delay(BookmarkPeriod, over.Token));
                over.Token.ThrowIfCancellationRequested();
                if (first != change && isQuiet && bookmarks)
                {
                    await SendAsync(context, "BOOKMARK", new JsonObject
                    {
                        ["kind"] = "RestorationJob", ["apiVersion"] = "darkroom.dev/v1alpha1",
                        ["metadata"] = new JsonObject { ["resourceVersion"] = after.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
                    });
                    Bookmarks[plural] = after;
                }
            }
        }
        catch (StubRefusal refusal)
        {
            await SendAsync(context, "ERROR", refusal.ToStatus());
        }
        catch (OperationCanceledException)
        {
            // The watch has come to its end.
        }
        finally
        {
            Interlocked.Decrement(ref watching);
        }
    }

    private async Task SendAsync(HttpContext context, string type, JsonObject resource)
    {
        var line = Encoding.UTF8.GetBytes(new JsonObject { ["type"] = type, ["object"] = resource.DeepClone() }.ToJsonString() + "\n");
        if (CutsLineAt?.Invoke() is not { } count)
        {
            // In two pieces, as networks do.
            await context.Response.Body.WriteAsync(line.AsMemory(0, line.Length / 2));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(line.AsMemory(line.Length / 2));
            await context.Response.Body.FlushAsync();
            return;
        }

        await context.Response.Body.WriteAsync(line.AsMemory(0, Math.Min(count, line.Length - 1)));
        await context.Response.Body.FlushAsync();
        context.Abort();
        throw new OperationCanceledException();
    }
}
