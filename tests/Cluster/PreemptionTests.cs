using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>A person's run comes while a job's runs fill the device.</summary>
public sealed class PreemptionTests
{
    private const int JobRuns = 8;
    private const int MaxBatchSize = 4;
    private const int JobSteps = NoisyPipeline.Steps;                           // the first ones have not ended before the last ones begin
    private const int PersonSteps = 10;
    private const ulong Person = 1000;

    // Sums of another batch can move a value over a rounding border.
    private const double OneLevel = 1.001 / 255;

    // Preparing, encoding, stepping: each is handed to the device while a pass is under way, and is what the device does next.
    private const int PassesBeforeFirstStep = 3;

    [Theory]
    [InlineData(NoisyPipeline.ModelName, MaxBatchSize)]
    [InlineData(TestPipeline.ModelName, 1)]
    public async Task Run_ArrivingDuringAFullBatchOfJobRuns_HasTheNextStepsAndTheJobRunsGoOn(string model, int rowsOfItsPasses)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            services.PostConfigure<DeviceOptions>(options => options.MaxBatchSize = MaxBatchSize);
            // Between checkpoints a run is always in the queue or on the device, so the order is the queue's alone.
            services.PostConfigure<RunOptions>(options =>
            {
                options.CheckpointEverySteps = 1000;
                options.CallWait = TimeSpan.FromSeconds(5);
            });
        });
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var alone = new List<ImageRef>();
        for (ulong seed = 1; seed <= JobRuns; seed++)
            alone.Add(await DirectRuns.RestoreAsync(cluster, source, $"alone-{seed}", seed, JobSteps));
        var personAlone = await DirectRuns.RestoreAsync(cluster, source, "person-alone", Person, PersonSteps, model);
        cluster.Log.Steps.Clear();

        var device = cluster.Service<DeviceSet>()["cpu:0"];
        Task<RunStatus>? started = null;
        var (passes, arrival) = (0, 0);
        cluster.Log.OnStep = (silo, rows) =>
        {
            // None of the job's runs gets ahead of the others, and the person comes during the first full batch.
            if (started is null)
                SpinWait.SpinUntil(() => device.QueueDepth == JobRuns - rows.Count, TimeSpan.FromSeconds(30));
            if (started is null && rows.Count == MaxBatchSize)
            {
                arrival = passes;
                started = Task.Run(() => StartAsync(cluster, source, "person/1", Person, PersonSteps, model, RunPriority.Interactive));
            }

            passes++;
            // Until the first step, each pass takes as long as the person's work needs to get into the queue.
            if (started is not null && rows.All(row => row.Seed != Person) && cluster.Log.Steps.All(step => step.Seed != Person))
                SpinWait.SpinUntil(() => device.QueueDepth > JobRuns - rows.Count, TimeSpan.FromSeconds(10));
        };
        for (ulong seed = 1; seed <= JobRuns; seed++)
            await StartAsync(cluster, source, $"job/{seed}", seed, JobSteps, NoisyPipeline.ModelName, RunPriority.Batch);
        await Eventually.TrueAsync(() => cluster.Log.Steps.Any(step => step.Seed == Person), "the person's run has begun");
        await started!;
        var person = await EndAsync(cluster, "person/1");

        Assert.Equal((RunStage.Completed, 1), (person.Stage, person.Attempt));
        await AssertEqualAsync(cluster, personAlone, person.Result!);
        for (var i = 0; i < JobRuns; i++)
        {
            var ended = await EndAsync(cluster, $"job/{i + 1}");
            Assert.Equal((RunStage.Completed, 1), (ended.Stage, ended.Attempt));
            await AssertEqualAsync(cluster, alone[i], ended.Result!);
        }

        // The log has a line for each row; the rows of a pass stand together.
        var taken = new List<List<TakenStep>>();
        for (var rows = cluster.Log.Steps.ToList(); rows.Count > 0; rows = rows[rows[0].BatchSize..])
            taken.Add(rows[..rows[0].BatchSize]);
        var first = taken.FindIndex(IsOfPerson);
        Assert.InRange(first - arrival, 1, PassesBeforeFirstStep);
        var own = taken[first..(first + PersonSteps)];
        Assert.Equal(Enumerable.Range(0, PersonSteps), own.Select(pass => pass.Single(row => row.Seed == Person).Step));
        Assert.All(own, pass => Assert.Equal(rowsOfItsPasses, pass.Count));
        // None of the job's steps was left out or done twice.
        Assert.All(
            cluster.Log.Steps.Where(step => step.Seed != Person).GroupBy(step => step.Seed),
            run => Assert.Equal(Enumerable.Range(0, JobSteps), run.Select(step => step.Step)));

        static bool IsOfPerson(List<TakenStep> pass) => pass.Exists(row => row.Seed == Person);
    }

    private static async Task AssertEqualAsync(DarkroomTestCluster cluster, ImageRef expected, ImageRef actual)
    {
        var (first, second) = (await TestPictures.ReadAsync(cluster.Contents, expected.Hash), await TestPictures.ReadAsync(cluster.Contents, actual.Hash));
        Assert.InRange(first.Pixels.Zip(second.Pixels, (a, b) => Math.Abs((double)a - b)).Max(), 0, OneLevel);
    }

    private static Task<RunStatus> StartAsync(DarkroomTestCluster cluster, ImageRef source, string id, ulong seed, int? steps, string model, RunPriority priority) =>
        cluster.Grains.GetGrain<IRunGrain>(id).StartAsync(
            new RunRequest(source, RunKind.Refine, "brighter", null, new RestorationSettings(Seed: seed, Steps: steps), model, priority), default);

    private static async Task<RunStatus> EndAsync(DarkroomTestCluster cluster, string id)
    {
        var run = cluster.Grains.GetGrain<IRunGrain>(id);
        await foreach (var _ in run.WatchAsync(default))
        {
        }

        return await run.GetStatusAsync(default);
    }
}
