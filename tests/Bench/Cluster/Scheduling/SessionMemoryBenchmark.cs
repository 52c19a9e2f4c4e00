using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Contracts.Runs;

namespace Darkroom.Bench.Cluster.Scheduling;

/// <summary>Memory of sessions that are held open, with some of them active.</summary>
internal sealed class SessionMemoryBenchmark : IBenchmark
{
    private const int Sessions = 1000;
    private const int Active = 50;
    private const long MaxBytes = 50 << 10;

    public string Name => "sessions";

    public string Description => "memory of 1,000 sessions held open while 50 are active";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchCluster.StartAsync(cancellationToken: cancellationToken);
        // What comes once, and not with each session, is there before it is measured.
        for (var i = 0; i < 50; i++)
            await OpenAsync(cluster, $"warm-{i}");
        await Task.WhenAll(Enumerable.Range(0, Active).Select(i => RestoreAsync(cluster, $"warm-{i}")));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Sessions; i++)
            await OpenAsync(cluster, $"idle-{i}");
        var opened = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(Enumerable.Range(0, Active).Select(i => RestoreAsync(cluster, $"idle-{i}")));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        var idle = (opened - before) / Sessions;
        table.Add(
            "memory of an idle session", Kibibytes(idle), $"<= {Kibibytes(MaxBytes)}", idle <= MaxBytes,
            $"managed heap, {Sessions} sessions open, each seen once; {Kibibytes((after - opened) / Active)} more for each of {Active} that restored once");
    }

    private static async Task OpenAsync(BenchCluster cluster, string name) =>
        await (await cluster.Client.OpenSessionAsync(cluster.Source.Hash, name)).GetAsync();

    private static async Task RestoreAsync(BenchCluster cluster, string name)
    {
        var restored = await cluster.Client.Session(name).RestoreAsync("<refine> brighter", new RestorationSettings(Steps: 10));
        if (restored.Run is not { Stage: RunStage.Completed })
            throw new InvalidOperationException($"The run did not complete: {restored.Run?.Error?.Message ?? restored.Reply.Answer}");
    }

    private static string Kibibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:F1} KiB");
}
