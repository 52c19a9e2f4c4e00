using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Gateway;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Darkroom.Tests.Gateway.Support;

/// <summary>The gateway with its cluster in this process, on a free port and a folder of its own, with the test pipeline.</summary>
public class GatewayApp : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"darkroom-gate-{Guid.NewGuid():N}");
    private WebApplication host = null!;

    internal StepLog Log { get; } = new();

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => host.Services;

    internal FaultyBlobStore Blobs => (FaultyBlobStore)host.Services.GetRequiredService<IBlobStore>();

    internal ContentStore Contents => host.Services.GetRequiredService<ContentStore>();

    /// <summary>Settings that a derived fixture adds.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>What a derived fixture adds to the command line.</summary>
    protected virtual IEnumerable<string> Arguments => [];

    public virtual async ValueTask InitializeAsync()
    {
        host = GatewayHost.Build(["--port", "0", "--data", folder, .. Arguments], Configure);
        await host.StartAsync();
        Address = new Uri(host.Urls.First());
        Http = NewClient();
    }

    /// <summary>Stops it; disposing it later does nothing more.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    public HttpClient NewClient() => new() { BaseAddress = Address };

    public virtual async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.StopAsync();
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Configuration["BlobStore:FlushToDisk"] = "false";
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var store = builder.Services.Last(service => service.ServiceType == typeof(IBlobStore)).ImplementationFactory!;
        builder.Services.AddSingleton<IBlobStore>(services => new FaultyBlobStore((IBlobStore)store(services)));
        builder.Services.AddSingleton<IPipelineLoader>(new TestPipelineLoader(Log, "gate"));
        builder.Services.PostConfigure<DeviceOptions>(device =>
        {
            (device.Names, device.Threads, device.ProfileTime) = (["cpu:0"], 1, TimeSpan.Zero);
            device.ReportPeriod = TimeSpan.FromMilliseconds(50);
        });
        builder.Services.PostConfigure<ModelOptions>(model => model.DefaultModel = TestPipeline.ModelName);
        builder.Services.PostConfigure<RunOptions>(run => (run.CallWait, run.RetryDelay) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(10)));
    }
}

/// <summary>Short forms for talking to the gateway.</summary>
internal static class GatewayTalk
{
    public static MultipartFormDataContent Form(byte[]? image = null, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        if (image is not null)
        {
            var part = new ByteArrayContent(image);
            part.Headers.ContentType = new MediaTypeHeaderValue("image/png");
            form.Add(part, "image", "picture.png");
        }

        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return form;
    }

    public static async Task<JsonNode> JsonAsync(this Task<HttpResponseMessage> sending, int status = 200)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asserts that a request is refused as problem details say.</summary>
    public static async Task<JsonNode> ProblemAsync(this Task<HttpResponseMessage> sending, int status, string code)
    {
        var response = await sending;
        var problem = await Task.FromResult(response).JsonAsync(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"urn:darkroom:problem:{code}", (string?)problem["type"]);
        Assert.Equal(status, (int)problem["status"]!);
        return problem;
    }

    /// <summary>Opens a session with a small picture.</summary>
    public static async Task<string> OpenAsync(this HttpClient http, byte[]? image = null)
    {
        using var form = Form(image ?? TestPictures.Png().ToArray());
        return (string)(await http.PostAsync("/v1/sessions", form).JsonAsync(201))["session"]!["session"]!;
    }

    public static Task<HttpResponseMessage> SayAsync(this HttpClient http, string session, string text, object? settings = null) =>
        http.PostAsJsonAsync($"/v1/sessions/{session}/messages", new { text, settings });

    /// <summary>Restores and waits for the version.</summary>
    public static async Task<string> RestoreAsync(this HttpClient http, string session, string text = "<restore>", object? settings = null)
    {
        var reply = await http.SayAsync(session, text, settings).JsonAsync();
        Assert.Equal("runStarted", (string?)reply["outcome"]);
        var sequence = (long)reply["sequence"]!;
        await foreach (var happened in http.EventsAsync($"/v1/sessions/{session}/events?from={sequence + 1}"))
        {
            if (happened.Name is "versionReady" or "runFailed" or "runCancelled")
            {
                Assert.Equal("versionReady", happened.Name);
                return (string)happened.Data["versionId"]!;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }

    /// <summary>Reads an event stream until the reader has enough.</summary>
    public static async IAsyncEnumerable<StreamEvent> EventsAsync(this HttpClient http, string path, string? lastId = null)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(timeout.Token))
            yield return new StreamEvent(item.EventType, item.EventId, JsonNode.Parse(item.Data)!);
    }
}

/// <summary>An event of a stream.</summary>
internal sealed record StreamEvent(string Name, string? Id, JsonNode Data);
