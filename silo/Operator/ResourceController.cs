using System.Collections.Concurrent;
using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Operator;

/// <summary>Looks after the resources of a kind as long as this silo leads: names them in a queue, and has a few workers bring each further.</summary>
internal sealed partial class ResourceController(
    KubernetesClient client, IResourceReconciler reconciler, OperatorOptions options, TimeProvider time, ILogger logger)
{
    private readonly WorkQueue<ResourceName> queue = new(time);
    private readonly ConcurrentDictionary<ResourceName, int> failures = new();

    // Resources that are gone, by name; what they left is cleared away by a worker.
    private readonly ConcurrentDictionary<ResourceName, string> gone = new();

    /// <summary>Gets the watcher of the kind.</summary>
    public ResourceWatcher Watcher { get; } = new(client, reconciler.Kind, options, time, logger);

    /// <summary>Gets how many resources are ready, under way or to be looked at later; the others cost no memory.</summary>
    public int Count => queue.Count;

    /// <summary>Works until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> tasks = [Watcher.RunAsync(See, stop.Token), .. Enumerable.Range(0, options.Workers).Select(_ => WorkAsync(stop.Token))];
        await Task.WhenAny(tasks);
        // None of them ends before it is stopped, unless by an error that nobody foresaw.
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
    }

    private void See(KubernetesResource resource, Sighting sighting)
    {
        if (sighting == Sighting.Gone)
            gone[resource.Name] = resource.Metadata.Uid;
        else if (reconciler.IsSettled(resource) || (sighting == Sighting.Changed && IsOurs(resource)))
            return;
        queue.Add(resource.Name);
    }

    // What changed is the status, which is mostly our own work. To look at it at once would be to look all the time.
    private static bool IsOurs(KubernetesResource resource) =>
        !resource.IsDeleted && Finalizer.IsOn(resource) && KubernetesJson.TryRead<Observed>(resource.Status)?.ObservedGeneration == resource.Metadata.Generation;

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var name = await queue.TakeAsync(cancellationToken);
            try
            {
                if (await WorkAsync(name, cancellationToken) is { } delay)
                    queue.AddAfter(name, Stretch(delay));
                failures.TryRemove(name, out _);
                OperatorMetrics.Reconciled(reconciler.Kind, ReconcileOutcome.Done);
            }
            catch (KubernetesException error) when (error.IsConflict)
            {
                // Somebody changed it meanwhile: what is to be done now shows when it is read again.
                OperatorMetrics.Reconciled(reconciler.Kind, ReconcileOutcome.Conflict);
                LogConflict(reconciler.Kind.Kind, name);
                queue.AddAfter(name, options.RetryDelay / 4);
            }
#pragma warning disable CA1031 // Whatever it was, it concerns this resource: the others go on, and it is tried again.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                var count = failures.AddOrUpdate(name, 1, (_, before) => before + 1);
                var wait = Backoff.After(options, count, (error as KubernetesException)?.RetryAfter);
                OperatorMetrics.Reconciled(reconciler.Kind, ReconcileOutcome.Failed);
                LogFailed(error, reconciler.Kind.Kind, name, count, wait);
                queue.AddAfter(name, wait);
            }
            finally
            {
                queue.Done(name);
            }
        }
    }

    // So many resources may be under way that each is looked at less often.
    private TimeSpan Stretch(TimeSpan delay)
    {
        var round = TimeSpan.FromSeconds((double)queue.Count / options.MaxPollsPerSecond);
        return delay > round ? delay : round;
    }

    private async Task<TimeSpan?> WorkAsync(ResourceName name, CancellationToken cancellationToken)
    {
        if (gone.TryGetValue(name, out var uid))
        {
            await reconciler.ForgetAsync(name, uid, cancellationToken);
            gone.TryRemove(KeyValuePair.Create(name, uid));
        }

        return await client.FindAsync(reconciler.Kind, name, cancellationToken) is { } resource
            ? await reconciler.ReconcileAsync(resource, cancellationToken)
            : null;
    }

    private sealed record Observed(long ObservedGeneration);

    [LoggerMessage(1610, LogLevel.Debug, "{Kind} {Name} changed meanwhile; it is read again")]
    private partial void LogConflict(string kind, ResourceName name);

    [LoggerMessage(1611, LogLevel.Warning, "{Kind} {Name} could not be brought further, {Count} times in a row; it is tried again in {Wait}")]
    private partial void LogFailed(Exception error, string kind, ResourceName name, int count, TimeSpan wait);
}
