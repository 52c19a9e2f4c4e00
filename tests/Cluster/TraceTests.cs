using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Darkroom.Contracts.Runs;
using Darkroom.Grains;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster;

/// <summary>A run's spans belong to the trace of the call that started it, wherever it is driven.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Run_WhoseSiloDied_GoesOnInItsTrace()
    {
        using var spans = new Spans();
        var folder = DarkroomTestCluster.NewFolder();
        var log = new StepLog();
        var pause = log.PauseAt(context => context.Step == 4);
        await using (var first = await DarkroomTestCluster.StartAsync(folder: folder, log: log))
        {
            var source = await DirectRuns.SourceAsync(first, 24, 16);
            using (spans.Begin())
                await DirectRuns.StartAsync(first, source, "traced", 7, model: "test");
            await first.KillAsync(await pause.ReachedAsync(), pause);
        }

        log.OnStep = null;
        await using (var second = await DarkroomTestCluster.StartAsync(folder: folder, log: log))
            Assert.Equal(RunStage.Completed, (await DirectRuns.EndAsync(second, "traced")).Stage);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(["1", "2"], spans.Of("run").Select(span => Convert.ToString(span.GetTagItem("darkroom.run.attempt"), CultureInfo.InvariantCulture)).Order());
        // Both began in the same call, and the second took the steps that the first had not kept.
        Assert.Single(spans.Of("run").Select(span => span.ParentSpanId.ToString()).Distinct());
        var steps = spans.Of("device step").Select(span => (int)span.GetTagItem("darkroom.step")!).ToList();
        Assert.Equal(Enumerable.Range(0, TestPipeline.DefaultSteps), steps.Distinct().Order());
    }

    [Fact]
    public async Task Runs_InOneBatch_EachHaveTheStepInTheirTrace()
    {
        using var spans = new Spans();
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var pause = cluster.Log.PauseAt(_ => true);
        var traces = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var caller = spans.Begin();
            traces.Add(caller.TraceId.ToString());
            await DirectRuns.StartAsync(cluster, source, $"run-{i}", (ulong)i, model: "test");
        }

        await pause.ReachedAsync();
        cluster.Log.OnStep = null;
        pause.End();
        for (var i = 0; i < 3; i++)
            await DirectRuns.EndAsync(cluster, $"run-{i}");

        Assert.All(traces, trace => Assert.Equal(TestPipeline.DefaultSteps, spans.All.Count(span => span.DisplayName == "device step" && span.TraceId.ToString() == trace)));
        Assert.Contains(spans.All, span => span.DisplayName == "device step" && (int)span.GetTagItem("darkroom.batch.size")! > 1);
    }

    [Fact]
    public async Task Runs_WhoseDevicesAreOnOtherSilos_StayInTheirTraces()
    {
        using var spans = new Spans();
        await using var cluster = await DarkroomTestCluster.StartAsync(silos: 3);
        var source = await DirectRuns.SourceAsync(cluster, 24, 16);
        var traces = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            using var caller = spans.Begin();
            traces.Add(caller.TraceId.ToString());
            await DirectRuns.StartAsync(cluster, source, $"run-{i}", (ulong)i, model: "test");
        }

        for (var i = 0; i < 9; i++)
            await DirectRuns.EndAsync(cluster, $"run-{i}");

        // The grains of nine runs are spread over the silos; whichever devices they got, most are elsewhere.
        Assert.All(traces, trace => Assert.Equal(
            Enumerable.Range(0, TestPipeline.DefaultSteps),
            spans.Of("device step").Where(span => span.TraceId.ToString() == trace).Select(span => (int)span.GetTagItem("darkroom.step")!).Distinct().Order()));
    }

    /// <summary>Hears of every span, and begins traces of its own.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivitySource source = new("Darkroom.Tests.Traces");
        private readonly ActivityListener listener;
        private readonly ConcurrentDictionary<ActivityTraceId, byte> begun = new();

        public Spans()
        {
            listener = new ActivityListener
            {
                ShouldListenTo = from => from.Name is DarkroomTelemetry.Name or "Microsoft.Orleans.Application" || from == source,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStarted = started.Enqueue,
            };
            ActivitySource.AddActivityListener(listener);
        }

        private readonly ConcurrentQueue<Activity> started = new();

        public IEnumerable<Activity> All => started.Where(span => begun.ContainsKey(span.TraceId));

        public IEnumerable<Activity> Of(string name) => All.Where(span => span.DisplayName == name);

        public Activity Begin()
        {
            var activity = source.StartActivity("test", ActivityKind.Client, default(ActivityContext))!;
            begun.TryAdd(activity.TraceId, 0);
            return activity;
        }

        public void Dispose()
        {
            listener.Dispose();
            source.Dispose();
        }
    }
}
