using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Darkroom.Tests.Unit.Grains.Describers;

/// <summary>A local HTTP server that answers as an OpenAI-compatible service would, or as a broken one.</summary>
internal sealed class ChatServiceStub : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    /// <summary>Starts the server.</summary>
    /// <param name="answer">Status and body of the n-th request, from 0; null never answers.</param>
    public ChatServiceStub(Func<int, (int Status, string Body)?> answer)
    {
        // A free port: the listener takes none by itself.
        for (var attempt = 0; ; attempt++)
        {
            var port = Random.Shared.Next(20_000, 60_000);
            listener.Prefixes.Clear();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                Endpoint = new Uri($"http://127.0.0.1:{port}/v1");
                break;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // Taken.
            }
        }

        serving = ServeAsync(answer);
    }

    public Uri Endpoint { get; }

    public ConcurrentQueue<(string Path, string? Authorization, string Body)> Requests { get; } = new();

    /// <summary>The body of a chat completion that says something.</summary>
    public static string Saying(string text) => JsonSerializer.Serialize(new
    {
        id = "1",
        @object = "chat.completion",
        created = 1,
        model = "stub",
        choices = new[] { new { index = 0, finish_reason = "stop", message = new { role = "assistant", content = text } } },
        usage = new { prompt_tokens = 1, completion_tokens = 1, total_tokens = 2 },
    });

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        listener.Close();
        stop.Dispose();
    }

    private async Task ServeAsync(Func<int, (int Status, string Body)?> answer)
    {
        for (var count = 0; !stop.IsCancellationRequested; count++)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], await reader.ReadToEndAsync()));
            if (answer(count) is not var (status, body))
                continue;                                                       // the connection stays open, and silent
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            var bytes = Encoding.UTF8.GetBytes(body);
            try
            {
                await context.Response.OutputStream.WriteAsync(bytes);
                context.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The client went away.
            }
        }
    }
}
