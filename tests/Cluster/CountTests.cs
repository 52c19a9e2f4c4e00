using System.Runtime.InteropServices;
using Darkroom.Client;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Supervision;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Cluster.Tenants;

namespace Darkroom.Tests.Cluster;

/// <summary>One fault all the time while runs and a job are under way: what was acknowledged is finished or failed with a reason, once, and counted once.</summary>
public sealed class CountTests(ITestOutputHelper output)
{
    private const int Runs = 12;
    private const int Pictures = 60;

    [Theory]
    [InlineData("blob errors")]
    [InlineData("acknowledgements lost")]
    [InlineData("ETag conflicts")]
    [InlineData("device throws")]
    [InlineData("device gives NaN")]
    [InlineData("device out of memory")]
    public async Task Fault_WhileWorkIsUnderWay_EverythingAcknowledgedEndsOnceAndNothingIsLost(string fault)
    {
        await using var cluster = await TenantTests.StartAsync(options => options.LeaseDuration = TimeSpan.FromSeconds(1), silos: 2);
        var client = cluster.Client();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var request = new RunRequest(source, RunKind.Refine, "brighter", null, new RestorationSettings(Seed: 3));
        var expected = (await (await client.StartRunAsync(request)).WaitAsync()).Result!.Hash;

        using var ending = new CancellationTokenSource();
        var happened = 0;
        var breaking = BreakAsync(cluster, fault, () => Interlocked.Increment(ref happened), ending.Token);
        var job = await client.StartJobAsync(
            JobSamples.Items(Pictures, source.Hash), JobSamples.Request with { Kind = RunKind.Refine, Words = "brighter", Settings = request.Settings }, "album");
        var runs = await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => client.StartRunAsync(request, $"key-{i}")));
        var status = await job.WaitAsync();
        var ends = await Task.WhenAll(runs.Select(run => run.WaitAsync()));
        await ending.CancelAsync();
        await breaking;

        var results = await JobSamples.ResultsAsync(job);
        output.WriteLine($"{happened} faults; runs: {Describe(ends.GroupBy(end => end.Stage))}; pictures: {Describe(results.GroupBy(result => result.Outcome))}, {results.Sum(result => result.Attempts)} attempts");
        Assert.True(happened > 0, "nothing was broken");
        // Each once, none lost, and all that ended well with the same picture.
        Assert.Equal(Runs, runs.Select(run => run.Id).Distinct().Count());
        Assert.All(ends, end => Assert.True(end.Stage == RunStage.Completed ? end.Result!.Hash == expected : end is { Stage: RunStage.Failed, Error.Message.Length: > 0 }, end.ToString()));
        Assert.Equal((JobStage.Completed, Pictures), (status.Stage, status.Completed + status.Quarantined));
        Assert.Equal(Enumerable.Range(0, Pictures), results.Select(result => result.Index));
        Assert.All(results, result => Assert.True(
            result.Outcome == JobItemOutcome.Completed ? result.Result!.Hash == expected : result is { Outcome: JobItemOutcome.Quarantined, Error.Message.Length: > 0 }, result.ToString()));
        // The account knows of as many runs and pictures, and nobody is left to be taken up.
        await LoneRuns.NothingUnfinishedAsync(cluster);
        var all = await AllRunsAsync(cluster);
        Assert.Subset(all.Select(run => run.RunId).ToHashSet(), ends.Select(end => end.RunId).Concat(results.Select(result => result.RunId).OfType<string>()).ToHashSet());
        await TenantTests.SettledAsync(cluster, images: all.Count(run => run.Stage == RunStage.Completed), runs: all.Count);
    }

    // Those of attempts that were not acknowledged too: they are taken up and end all the same.
    private static async Task<List<RunStatus>> AllRunsAsync(DarkroomTestCluster cluster)
    {
        var all = new List<RunStatus>();
        await foreach (var blob in cluster.Blobs.ListAsync("state/run/"))
            all.Add(await cluster.Client().Run(Uri.UnescapeDataString(blob.Name[(blob.Name.LastIndexOf('/') + 1)..])).WaitAsync());
        return all;
    }

    private static async Task BreakAsync(DarkroomTestCluster cluster, string fault, Action count, CancellationToken ending)
    {
        var random = new Random(5);
        bool Hits(int outOf)
        {
            lock (random)
            {
                if (random.Next(outOf) != 0)
                    return false;
            }

            count();
            return true;
        }

#pragma warning disable CA2201 // This is what libtorch's binding throws.
        switch (fault)
        {
            case "blob errors":
                cluster.Blobs.Before = (_, name) =>
                {
                    if (Hits(8))
                        throw cluster.Blobs.Fail(name);
                };
                break;
            case "acknowledgements lost":
                cluster.Blobs.LosesAcknowledgement = _ => Hits(12);
                break;
            case "device throws":
                cluster.Log.OnStep = (_, _) =>
                {
                    if (Hits(30))
                        throw new ExternalException("CUDA error: an illegal memory access was encountered");
                };
                break;
            case "device out of memory":
                cluster.Log.OnStep = (_, rows) =>
                {
                    if (rows.Count > 2 && Hits(4))
                        throw new ExternalException("CUDA out of memory. Tried to allocate 2.00 GiB");
                };
                break;
            case "device gives NaN":
                cluster.Log.GivesNan = _ => Hits(60);
                break;
        }
#pragma warning restore CA2201

        while (!ending.IsCancellationRequested)
        {
            if (fault == "ETag conflicts")
                await RewriteAsync(cluster, () => Hits(4));
            await Task.Delay(50, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        (cluster.Blobs.Before, cluster.Blobs.LosesAcknowledgement, cluster.Log.OnStep, cluster.Log.GivesNan) = (null, null, null, null);
    }

    // As if another activation had written the same.
    private static async Task RewriteAsync(DarkroomTestCluster cluster, Func<bool> hits)
    {
        foreach (var prefix in (string[])["state/job/", "state/tenant/", "state/key/", "state/run/"])
        {
            await foreach (var state in cluster.Blobs.ListAsync(prefix))
            {
                try
                {
                    if (hits() && await cluster.Blobs.TryReadBytesAsync(state.Name) is { } found)
                        await cluster.Blobs.WriteBytesAsync(state.Name, found.Bytes, WriteCondition.IfMatch(found.Properties.ETag));
                }
                catch (BlobConflictException)
                {
                    // Its owner was faster.
                }
            }
        }
    }

    private static string Describe<TKey, TItem>(IEnumerable<IGrouping<TKey, TItem>> groups) => string.Join(", ", groups.Select(group => $"{group.Count()} {group.Key}"));
}
