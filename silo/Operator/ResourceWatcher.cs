using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Operator;

/// <summary>How a resource was seen.</summary>
internal enum Sighting
{
    /// <summary>It is there.</summary>
    Listed,

    /// <summary>It is new, or another.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Gone,
}

/// <summary>Tells of every resource of a kind: lists them once, page by page, then watches what becomes of them.</summary>
/// <remarks>It keeps none of them. A watch that ends or breaks goes on where it was; when the server does not remember that place, everything is listed anew.</remarks>
internal sealed partial class ResourceWatcher(KubernetesClient client, ResourceKind kind, OperatorOptions options, TimeProvider time, ILogger logger)
{
    private int failures;

    /// <summary>Gets how often everything was listed.</summary>
    public int Lists { get; private set; }

    /// <summary>Watches until it is stopped.</summary>
    /// <param name="see">Told of each resource; must not take long.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(Action<KubernetesResource, Sighting> see, CancellationToken cancellationToken)
    {
        string? version = null;
        while (true)
        {
            try
            {
                version ??= await ListAsync(see, cancellationToken);
                var start = time.GetTimestamp();
                await foreach (var happened in client.WatchAsync(kind, version, cancellationToken))
                {
                    failures = 0;
                    version = happened.Resource.Metadata.ResourceVersion;
                    if (happened.Type != WatchEventType.Bookmark)
                        see(happened.Resource, happened.Type == WatchEventType.Deleted ? Sighting.Gone : Sighting.Changed);
                }

                failures = 0;
                // A server that ends each watch at once must not be asked all the time.
                if (time.GetElapsedTime(start) < options.RetryDelay)
                    await Task.Delay(options.RetryDelay, time, cancellationToken);
            }
            catch (KubernetesException error)
            {
                failures++;
                if (error.IsGone)
                    version = null;
                if (error.IsGone && failures == 1)
                {
                    LogGone(kind.Kind);
                    continue;
                }

                var wait = Backoff.After(options, failures, error.RetryAfter);
                LogBroken(error, kind.Kind, wait);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    private async Task<string> ListAsync(Action<KubernetesResource, Sighting> see, CancellationToken cancellationToken)
    {
        string? next = null;
        string? version = null;
        var count = 0;
        do
        {
            var page = await client.ListAsync(kind, options.PageSize, next, cancellationToken);
            version ??= page.Metadata.ResourceVersion;
            foreach (var resource in page.Items)
                see(resource, Sighting.Listed);
            count += page.Items.Count;
            next = page.Metadata.Continue;
        }
        while (!string.IsNullOrEmpty(next));
        Lists++;
        LogListed(count, kind.Kind);
        return version;
    }

    [LoggerMessage(1600, LogLevel.Information, "There are {Count} resources {Kind}")]
    private partial void LogListed(int count, string kind);

    [LoggerMessage(1601, LogLevel.Information, "The watch of {Kind} is too old; all are listed anew")]
    private partial void LogGone(string kind);

    [LoggerMessage(1602, LogLevel.Warning, "The watch of {Kind} broke; it goes on in {Wait}")]
    private partial void LogBroken(Exception error, string kind, TimeSpan wait);
}
