using System.CommandLine;
using Darkroom.Bench;
using Darkroom.Bench.Binding;
using Darkroom.Bench.Cluster;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Bench.Models;
using Darkroom.Cli.CommandLine;

IBenchmark[] benchmarks = [new BindingBenchmark(), new OperatorBenchmark(), new T5Benchmark(), new RunBenchmark(), new StartBenchmark(), new MemoryBenchmark(), new CodecBenchmark()];
var names = new Argument<string[]>("NAME") { Description = "Benchmarks to run; all if none is named: " + string.Join(", ", benchmarks.Select(benchmark => benchmark.Name)) + ".", Arity = ArgumentArity.ZeroOrMore };
names.AcceptOnlyFromAmong([.. benchmarks.Select(benchmark => benchmark.Name)]);
var root = new RootCommand("Measures speed and memory, and compares with the targets.") { names };
root.SetAction((result, cancellationToken) =>
    BenchmarkRun.RunAsync([.. benchmarks.Where(benchmark => result.GetValue(names) is not { Length: > 0 } wanted || wanted.Contains(benchmark.Name))], Console.Out, cancellationToken));
return await new CommandHost("bench", Console.Error, _ => false).RunAsync(root, args);
