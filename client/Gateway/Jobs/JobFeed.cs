using Darkroom.Contracts.Jobs;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Streams;
using Darkroom.Storage;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Jobs;

/// <summary>Where all of a tenant's jobs stand as one stream: browsers open six connections to a server, and no more.</summary>
internal static class JobFeed
{
    private const int Newest = 50;
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(2);

    /// <summary>Streams where the tenant's jobs stand: an event <c>jobs</c> (the newest 50, as <c>GET /v1/jobs</c> has them), then <c>job</c> for each that is started or gets on.</summary>
    internal static IResult Get(HttpContext context, Caller caller, TenantIndex index, EventStreams streams, TimeProvider time, IOptions<JsonOptions> json) =>
        streams.Send(context, (events, stop) => PumpAsync(caller, index, new EventWriter(events, json.Value.SerializerOptions), time, stop));

    private static async Task PumpAsync(Caller caller, TenantIndex index, EventWriter writer, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = new Dictionary<string, Task>();
        try
        {
            var page = await JobEndpoints.ListAsync(null, Newest, caller, index, stop.Token);
            await writer.WriteAsync("jobs", page, null, stop.Token);
            foreach (var job in page.Jobs)
                following[job.JobId] = job.HasEnded ? Task.CompletedTask : FollowAsync(caller, JobKey.Parse(job.JobId).Name, writer, stop.Token);
            using var timer = new PeriodicTimer(LookPeriod, time);
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                foreach (var (name, _) in (await index.ListNewestAsync(caller.Tenant, TenantIndex.Jobs, stop.Token)).Take(Newest))
                {
                    var id = caller.Client.Job(name).Key.ToString();
                    // One whose watching failed is taken up again; one that was watched to its end is not.
                    if (!following.TryGetValue(id, out var task) || task.IsFaulted)
                        following[id] = FollowAsync(caller, name, writer, stop.Token);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(following.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task FollowAsync(Caller caller, string name, EventWriter writer, CancellationToken cancellationToken)
    {
        var job = caller.Client.Job(name);
        await foreach (var status in job.WatchAsync(cancellationToken))
            await writer.WriteAsync("job", status, null, cancellationToken);
        // The last word is the grain's own.
        await writer.WriteAsync("job", await job.GetAsync(cancellationToken), null, cancellationToken);
    }
}
