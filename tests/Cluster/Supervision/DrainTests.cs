using Darkroom.Contracts.Runs;
using Darkroom.Grains.Supervision;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Supervision;

public sealed class DrainTests(ITestOutputHelper output)
{
    private const int Runs = 6;
    private const int Steps = 120;

    [Fact]
    public async Task Silos_StoppedMidDenoise_EachRunGoesOnFromItsLastStep()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        cluster.Log.OnStep = (_, _) => Thread.Sleep(2);
        var ids = await LoneRuns.StartAsync(cluster, Runs, Steps);
        for (var i = 1; i <= 2; i++)
        {
            var enough = 25 * i;
            await Eventually.TrueAsync(
                () => Enumerable.Range(0, Runs).All(seed => cluster.Log.Steps.Any(step => step.Seed == (ulong)seed && step.Step >= enough)), "every run is under way");
            // The one that computes now: it goes, and so does whatever it drives.
            var silo = cluster.Log.Steps.Last().Silo;
            var start = TimeProvider.System.GetTimestamp();
            await cluster.StopAsync(silo);
            output.WriteLine($"{silo} stopped in {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:F0} ms");
            Assert.DoesNotContain(cluster.Silos, left => left.Name == silo);
        }

        await LoneRuns.NothingUnfinishedAsync(cluster);
        Assert.All(await LoneRuns.StatusAsync(cluster, ids), status => Assert.Equal((RunStage.Completed, null), (status.Stage, status.Error)));
        Assert.Equal(Runs * Steps, cluster.Log.Steps.Count);   // none repeated, none left out
        Assert.Equal(Runs * Steps, cluster.Log.Steps.Select(step => (step.Seed, step.Step)).Distinct().Count());
    }

    [Fact]
    public async Task Cluster_StoppedAndStartedAgain_TheRunGoesOnFromItsLastStep()
    {
        var folder = DarkroomTestCluster.NewFolder();
        var log = new StepLog();
        try
        {
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder, log: log))
            {
                var pause = log.PauseAt(context => context.Step == 7);
                await LoneRuns.StartAsync(cluster, 1);
                await cluster.StopAsync(pause);
                Assert.Equal(8, log.Steps.Count);
            }

            log.OnStep = null;
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder, log: log))
                await LoneRuns.NothingUnfinishedAsync(cluster);
            Assert.Equal(Enumerable.Range(0, TestPipeline.DefaultSteps), log.Steps.Select(step => step.Step));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
