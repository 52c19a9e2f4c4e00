using System.CommandLine;
using Darkroom.Bench.Binding;
using Darkroom.Bench.Cluster;
using Darkroom.Bench.Cluster.Capacity;
using Darkroom.Bench.Cluster.Scheduling;
using Darkroom.Bench.Dashboard;
using Darkroom.Bench.Fuzz;
using Darkroom.Bench.Gateway;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Bench.Models;
using Darkroom.Bench.Pipelines;
using Darkroom.Bench.Processes;
using Darkroom.Bench.Soak;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Bench;

/// <summary>All that this program can be asked.</summary>
internal static class BenchCommands
{
    /// <summary>Makes the tree of its commands.</summary>
    public static RootCommand Create()
    {
        IBenchmark[] benchmarks = [new BindingBenchmark(), new OperatorBenchmark(), new T5Benchmark(), new UNetBenchmark(), new VaeBenchmark(), new FullSizeBenchmark(), new AttentionBenchmark(), new PipelinesBenchmark(), new RunBenchmark(), new StartBenchmark(), new MemoryBenchmark(), new CodecBenchmark(), new DispatchBenchmark(), new BatchingBenchmark(), new TenantBenchmark(), new CheckpointBenchmark(), new SessionMemoryBenchmark(), new TelemetryBenchmark(), new CapacityBenchmark()];
        var names = new Argument<string[]>("NAME") { Description = "Benchmarks to run; all if none is named: " + string.Join(", ", benchmarks.Select(benchmark => benchmark.Name)) + ".", Arity = ArgumentArity.ZeroOrMore };
        names.AcceptOnlyFromAmong([.. benchmarks.Select(benchmark => benchmark.Name)]);
        var fuzz = new Option<bool>("--fuzz") { Description = "Give the readers of checkpoints damaged files instead of measuring." };
        var count = Numbers.Whole("--count", 1, 10_000_000, "With --fuzz: how many files. Default 24000.");
        var seed = Numbers.Whole("--seed", 0, 1_000_000_000, "With --fuzz: seed of the first file. With --soak: seed of what is asked and what breaks. Default 1.");
        var soak = Numbers.Real("--soak", 0.1, 10_000, "Break silos, devices, stores and clocks at random for so many minutes, and count that nothing is lost or done twice.");
        var processes = Numbers.Whole("--processes", 2, 16, "Start so many silo processes on a PostgreSQL server of their own and stop one while it denoises. Needs the official packages.");
        var kill = new Option<bool>("--kill") { Description = "With --processes: kill that one instead of stopping it." };
        var load = Numbers.Real("--gateway", 1, 3600, "For so many seconds: 200 event streams and 50 uploads a second against a gateway in a process of its own; no error is allowed.");
        var dashboard = new Option<bool>("--dashboard") { Description = "Load a gateway that a real Prometheus scrapes, and draw the overview of k8s/dashboards from its answers. Needs Prometheus and Chromium." };
        var picture = new Option<string>("--output") { Description = "With --dashboard: where the picture goes. Default docs/images/dashboard.png." };
        var root = new RootCommand("Measures speed and memory, and compares with the targets.") { names, fuzz, count, seed, soak, processes, kill, load, dashboard, picture };
        root.SetAction((result, cancellationToken) => result.GetValue(dashboard)
            ? new DashboardRun(TimeSpan.FromMinutes(2), Path.GetFullPath(result.GetValue(picture) ?? Path.Combine(Repository.Root, "docs", "images", "dashboard.png")), Console.Out).RunAsync(cancellationToken)
            : result.GetValue(load) is { } seconds
            ? new GatewayLoad(TimeSpan.FromSeconds(seconds), Console.Out).RunAsync(cancellationToken)
            : result.GetValue(processes) is { } silos
            ? new ProcessesRun(silos, result.GetValue(kill), Console.Out).RunAsync(cancellationToken)
            : result.GetValue(soak) is { } minutes
            ? new SoakRun(TimeSpan.FromMinutes(minutes), result.GetValue(seed) ?? 1, Console.Out).RunAsync(cancellationToken)
            : result.GetValue(fuzz)
            ? new FuzzRun(result.GetValue(count) ?? 24_000, result.GetValue(seed) ?? 1, Console.Out).RunAsync(cancellationToken)
            : BenchmarkRun.RunAsync([.. benchmarks.Where(benchmark => result.GetValue(names) is not { Length: > 0 } wanted || wanted.Contains(benchmark.Name))], Console.Out, cancellationToken));
        root.Subcommands.Add(FullSize());
        return root;
    }

    private static Command FullSize()
    {
        var name = new Argument<string>("NAME") { Description = "What to measure: " + string.Join(", ", FullSizePlan.Names) + "." };
        name.AcceptOnlyFromAmong([.. FullSizePlan.Names]);
        var steps = Numbers.Whole("--steps", 1, 1000, "Denoising steps. Default 2, 1 where the pipeline has one.");
        var memory = Numbers.Real("--memory", 1, 1024, $"GiB that the process may have; what needs more is refused. Default {FullSizePipelineBenchmark.DefaultLimit}.");
        var command = new Command("full-size", "One picture of 512 x 512 through a pipeline of the published size with random weights: time and peak memory.") { name, steps, memory };
        command.SetAction((result, cancellationToken) =>
        {
            var limit = (result.GetValue(memory) ?? FullSizePipelineBenchmark.DefaultLimit) * (1L << 30);
            return BenchmarkRun.RunAsync([new FullSizePipelineBenchmark(result.GetValue(name)!, result.GetValue(steps), (long)limit)], Console.Out, cancellationToken);
        });
        return command;
    }
}
