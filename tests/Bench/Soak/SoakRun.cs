using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Cli.CommandLine;
using Darkroom.Contracts.Images;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Tenants;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Darkroom.Bench.Soak;

/// <summary><c>./cluster bench --soak MINUTES</c>: silos, tenants, sessions, runs and jobs under random faults; nothing acknowledged may be lost, done twice or left without a reason.</summary>
/// <param name="length">How long faults go on.</param>
/// <param name="seed">What is asked and what breaks follows from it; when it meets does not.</param>
/// <param name="output">Where to tell.</param>
internal sealed class SoakRun(TimeSpan length, int seed, TextWriter output)
{
    private const short Silos = 3;
    private const int LoadsOfAKind = 3;
    private static readonly string[] Tenants = ["acme", "globex", "initech"];
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromMinutes(5);

    private readonly SoakLedger ledger = new(output);
    private readonly SoakMemory memory = new();
    private readonly ErrorTally tally = new();
    private readonly long begun = TimeProvider.System.GetTimestamp();

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(begun);

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 0 when nothing was found.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var unobserved = new EventHandler<UnobservedTaskExceptionEventArgs>((_, happened) =>
        {
            // Whoever waited in a silo that was killed is dead too, and so what a store or a call answered it is heard by nobody; in a
            // process of its own nothing of it would be left. What went through code of ours is another matter.
            var error = happened.Exception.InnerException ?? happened.Exception;
            if (error is not SiloUnavailableException && error.StackTrace is { } trace && !trace.Contains("Orleans.Runtime.GrainCall", StringComparison.Ordinal) && (trace.Contains("Darkroom.Grains.", StringComparison.Ordinal) || trace.Contains("Darkroom.Client.", StringComparison.Ordinal)))
                ledger.Violate($"nobody observed {error}");
            else
                ledger.Count("answers that only a dead silo waited for");
        });
        TaskScheduler.UnobservedTaskException += unobserved;
        var time = new JumpingTime();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"soak: {length.TotalMinutes:0.##} minutes, seed {seed}, {Silos} silos, {Tenants.Length} tenants"));
        await using (var cluster = await DarkroomTestCluster.StartAsync(Silos, configure: services => Configure(services, time)))
        {
            var sources = await SourcesAsync(cluster);
            await SoakAsync(cluster, time, new SoakContext(cluster, ledger, sources), cancellationToken);
            await new SoakAudit(cluster, ledger, Tenants).RunAsync(cancellationToken);
        }

        ObserveAll();
        TaskScheduler.UnobservedTaskException -= unobserved;
        if (memory.Growth() is { } growth)
            ledger.Violate(growth);
        await ReportAsync();
        return ledger.Violations.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task SoakAsync(DarkroomTestCluster cluster, JumpingTime time, SoakContext soak, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(length);
        var watching = WatchAsync(cluster, stop.Token);
        var faults = Task.WhenAll(
            new SiloFaults(cluster, ledger, new Random(seed)).RunAsync(ending.Token),
            new WorkFaults(cluster, time, ledger, new Random(seed + 1)).RunAsync(ending.Token));
        List<Task> loads = [];
        for (var i = 0; i < Tenants.Length; i++)
        {
            var (tenant, draw) = (Tenants[i], seed + (1000 * (i + 1)));
            loads.Add(GuardAsync($"the jobs of {tenant}", () => new JobLoad(soak, tenant, new Random(draw)).RunAsync(ending.Token, stop.Token)));
            for (var many = 1; many <= LoadsOfAKind; many++)
            {
                var number = many;
                loads.Add(GuardAsync($"the runs of {tenant}", () => new RunLoad(soak, tenant, number, new Random(draw + number)).RunAsync(ending.Token, stop.Token)));
                loads.Add(GuardAsync($"the sessions of {tenant}", () => new SessionLoad(soak, tenant, number, new Random(draw + 100 + number)).RunAsync(ending.Token, stop.Token)));
            }
        }

        await faults;
        // What is under way ends by itself now; what does not is lost.
        stop.CancelAfter(TimeToEnd);
        await Task.WhenAll(loads);
        await stop.CancelAsync();
        await watching;
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (kind, id) in ledger.Open)
            ledger.Violate($"the {kind} {id} was acknowledged and never ended");
    }

    private async Task GuardAsync(string what, Func<Task> load)
    {
        try
        {
            await Task.Run(load);
        }
#pragma warning disable CA1031 // Whatever a load meets that it does not expect is the finding.
        catch (Exception error)
#pragma warning restore CA1031
        {
            ledger.Violate($"{what} stopped: {error}");
        }
    }

    private async Task WatchAsync(DarkroomTestCluster cluster, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            memory.Sample(Elapsed);
            // What the pipelines note down is of no use here, and would grow.
            cluster.Log.Steps.Clear();
            cluster.Log.LoadedOn.Clear();
            cluster.Log.Instructions.Clear();
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{Elapsed.TotalSeconds,5:F0} s  runs {ledger.Of("run acknowledged")}, messages {ledger.Of("message acknowledged")}, jobs {ledger.Of("job acknowledged")} ({ledger.Of("item acknowledged")} pictures), {ledger.Open.Count} open; {Faults().Sum(fault => fault.Value)} faults, {ledger.Of("fault: silo killed")} silos killed; {ProcessMemory.Format(ProcessMemory.Resident)}; {ledger.Violations.Count} violations");
            if (Console.IsOutputRedirected)
                await output.WriteLineAsync(line);
            else
                await output.WriteAsync($"\r{line}\u001b[K");
            await Task.Delay(SampleEvery, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await output.WriteLineAsync();
    }

    private IEnumerable<KeyValuePair<string, long>> Faults() => ledger.Counts.Where(pair => pair.Key.StartsWith("fault: ", StringComparison.Ordinal));

    private void Configure(IServiceCollection services, JumpingTime time)
    {
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.ClearProviders().AddProvider(tally));
        services.PostConfigure<RunOptions>(options => options.RetryDelay = new RunOptions().RetryDelay);
        services.PostConfigure<DeviceOptions>(options => options.HangTimeout = WorkFaults.HangTimeout);
        services.PostConfigure<TenantOptions>(options =>
        {
            (options.LeaseDuration, options.MaxConcurrentRuns, options.MaxQueuedRuns) = (TimeSpan.FromSeconds(5), 12, 24);
            // Clocks that jump must not make the tenants' keys free while they are in use.
            (options.KeyLifetime, options.MaxKeys) = (TimeSpan.FromDays(30), 1_000_000);
        });
    }

    private static async Task<IReadOnlyList<ImageRef>> SourcesAsync(DarkroomTestCluster cluster)
    {
        var sources = new List<ImageRef>();
        foreach (var (width, height) in ((int, int)[])[(24, 16), (40, 28), (80, 30)])
            sources.Add((await (await cluster.Client().OpenSessionAsync(TestPictures.Png(TestPictures.Slope(width, height)), $"source-{width}")).GetAsync()).Source);
        return sources;
    }

    // Unobserved exceptions are told of by finalizers.
    private static void ObserveAll()
    {
        for (var i = 0; i < 2; i++)
        {
#pragma warning disable RS0030 // Nothing is measured any more.
            GC.Collect();
#pragma warning restore RS0030
            GC.WaitForPendingFinalizers();
        }
    }

    private async Task ReportAsync()
    {
        await output.WriteLineAsync("| what | count |");
        await output.WriteLineAsync("| --- | --- |");
        foreach (var (name, count) in ledger.Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {name} | {count} |"));
        foreach (var line in memory.Lines())
            await output.WriteLineAsync(line);
        foreach (var (level, name, count, first) in tally.Kinds)
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| logged as {level}: {name} | {count}, first: {(first.Length > 200 ? first[..200] : first)} |"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{ledger.Violations.Count} violations after {Elapsed.TotalMinutes:F1} minutes; ./cluster bench --soak {length.TotalMinutes:0.##} --seed {seed} asks and breaks the same."));
    }
}
