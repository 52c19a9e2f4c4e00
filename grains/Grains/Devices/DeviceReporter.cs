using Darkroom.Contracts.Devices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Devices;

/// <summary>Tells the directory about the silo's devices as long as the silo lives.</summary>
internal sealed partial class DeviceReporter(
    DeviceSet devices,
    WorkspaceStore workspaces,
    IPipelineLoader loader,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    IOptions<DeviceOptions> options,
    IOptions<ModelOptions> models,
    TimeProvider time,
    ILogger<DeviceReporter> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task reporting = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>   // stops before the silo drains, so that nobody is sent here any more
        lifecycle.Subscribe(nameof(DeviceReporter), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose()
    {
        QueuedTimeMetrics.Forget(devices);
        stop.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Awaited once, so that a silo that has started can be found.
        await ReportAsync(isStopping: false, cancellationToken);
        QueuedTimeMetrics.Watch(devices, workspaces);
        reporting = Task.Run(LoopAsync, CancellationToken.None);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        QueuedTimeMetrics.Forget(devices);
        await stop.CancelAsync();
        await reporting;
        await ReportAsync(isStopping: true, cancellationToken);
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(options.Value.ReportPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
                await ReportAsync(isStopping: false, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task ReportAsync(bool isStopping, CancellationToken cancellationToken)
    {
        try
        {
            var report = new SiloReport(
                silo.SiloAddress.ToParsableString(), [.. devices.Report(workspaces)], [.. await loader.ListModelsAsync(cancellationToken)], models.Value.DefaultModel, isStopping,
                [.. await loader.ListPipelinesAsync(cancellationToken)]);
            await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ReportAsync(report, cancellationToken).WaitAsync(cancellationToken);
        }
#pragma warning disable CA1031 // A report that fails is followed by the next one; the directory forgets a silo that stays silent.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogReportFailed(error);
        }
    }

    [LoggerMessage(1020, LogLevel.Warning, "The silo could not report its devices to the directory")]
    private partial void LogReportFailed(Exception error);
}
