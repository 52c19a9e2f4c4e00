using Darkroom.Grains.Checkpoints;
using Darkroom.Silo.Operator.Jobs;
using Darkroom.Silo.Operator.Kubernetes;
using Darkroom.Silo.Operator.Models;
using Darkroom.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Silo.Operator;

/// <summary>The operator in a silo: waits for its turn to lead, then looks after the resources until it is another silo's turn.</summary>
internal sealed class OperatorHost(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    IBlobStore blobs,
    ContentStore contents,
    TenantIndex index,
    CheckpointStore checkpoints,
    IOptions<OperatorOptions> options,
    IConfiguration configuration,
    TimeProvider time,
    ILoggerFactory loggers) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource gone = new();
    private readonly OperatorOptions options = options.Value;
    private KubernetesClient? client;
    private Task running = Task.CompletedTask;
    private bool isDisposed;

    /// <summary>Gets whether this silo leads, once it has started.</summary>
    public Leadership? Leadership { get; private set; }

    /// <summary>Gets the controllers; none while another silo leads.</summary>
    public IReadOnlyList<ResourceController> Controllers { get; private set; } = [];

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        // Stops before the silo drains: whoever takes over begins at once.
        if (options.Enabled)
            lifecycle.Subscribe(nameof(OperatorHost), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It is registered as itself and as a part of the lifecycle, and disposed as both.
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        gone.Cancel();
        stop.Cancel();
        client?.Dispose();
        stop.Dispose();
        gone.Dispose();
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        client = new KubernetesClient(new ServiceAccount(options, configuration, time), options);
        Leadership = new Leadership(grains, silo.SiloAddress.ToParsableString(), options, time, loggers.CreateLogger<Leadership>());
        running = Task.Run(() => Leadership.RunAsync(LeadAsync, gone.Token, stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            await gone.CancelAsync();
        await stop.CancelAsync();
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        var jobs = new RestorationJobReconciler(
            client!, new JobPlanner(contents, index), new ResultsWriter(blobs, contents, time), grains, options, time, loggers.CreateLogger<RestorationJobReconciler>());
        await using var imports = new ModelImports(checkpoints, options, time);
        var models = new RestorationModelReconciler(
            client!, checkpoints, imports, new ModelResidents(grains, options), grains, options, time, loggers.CreateLogger<RestorationModelReconciler>());
        IResourceReconciler[] reconcilers = [jobs, models];
        Controllers = [.. reconcilers.Select(reconciler => new ResourceController(client!, reconciler, options, time, loggers.CreateLogger<ResourceController>()))];
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var tasks = Controllers.Select(controller => controller.RunAsync(either.Token)).ToList();
            await Task.WhenAny(tasks);
            await either.CancelAsync();
            await Task.WhenAll(tasks);
        }
        finally
        {
            Controllers = [];
        }
    }
}
