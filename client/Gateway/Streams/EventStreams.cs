using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Streams;

/// <summary>Sends server-sent events: what a source writes, and a ping when it is quiet, so that a broken connection is noticed.</summary>
/// <remarks>A slow reader holds up its own source, and a host that stops ends its streams: readers come back with the id of the last event.</remarks>
internal sealed partial class EventStreams(IOptions<GatewayOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<EventStreams> logger)
{
    private const int MaxWaiting = 64;
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    /// <summary>Sends events until their source ends, the reader leaves or the host stops.</summary>
    public IResult Send(HttpContext context, Func<ChannelWriter<SseItem<string>>, CancellationToken, Task> source)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(ReadAsync(source, context.RequestAborted));
    }

    /// <summary>Sends how far something is, event by event, and at its end where it stands.</summary>
    public IResult SendProgress<TProgress, TEnd>(
        HttpContext context, Func<CancellationToken, IAsyncEnumerable<TProgress>> watch, Func<CancellationToken, Task<TEnd>> end, JsonSerializerOptions json) =>
        Send(context, async (events, stop) =>
        {
            var writer = new EventWriter(events, json);
            await foreach (var progress in watch(stop))
                await writer.WriteAsync("progress", progress, null, stop);
            await writer.WriteAsync("ended", await end(stop), null, stop);
        });

    private async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Func<ChannelWriter<SseItem<string>>, CancellationToken, Task> source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var events = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        var writing = WriteAsync(source, events.Writer, stop.Token);
        try
        {
            // Headers and a first sign of life at once, whatever the source does.
            yield return new SseItem<string>("{}", "ping") { ReconnectionInterval = Reconnect };
            while (true)
            {
                var more = events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                while (!await IsDoneAsync(more, stop.Token))
                    yield return new SseItem<string>("{}", "ping");
                if (stop.IsCancellationRequested || !await more)
                    break;
                while (events.Reader.TryRead(out var happened))
                    yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }
    }

    // False after a quiet while.
    private async Task<bool> IsDoneAsync(Task more, CancellationToken cancellationToken)
    {
        if (more.IsCompleted)
            return true;
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(more, Task.Delay(options.Value.PingPeriod, time, quiet.Token));
        await quiet.CancelAsync();
        return more.IsCompleted || cancellationToken.IsCancellationRequested;
    }

    private async Task WriteAsync(Func<ChannelWriter<SseItem<string>>, CancellationToken, Task> source, ChannelWriter<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            await source(events, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader left.
        }
#pragma warning disable CA1031 // The status is sent already: the stream ends, its reader comes back and hears what is wrong by a status.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogEnded(error);
        }
        finally
        {
            events.TryComplete();
        }
    }

    [LoggerMessage(1610, LogLevel.Warning, "An event stream ended early")]
    private partial void LogEnded(Exception error);
}
