using Darkroom.Contracts.Supervision;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Supervision;

/// <summary>Sends the silo's pulse to the supervisor as long as the silo lives.</summary>
internal sealed partial class SiloHeart(
    IGrainFactory grains, ILocalSiloDetails silo, IOptions<SupervisorOptions> options, TimeProvider time, ILogger<SiloHeart> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task beating = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
    {
        // Stops before the silo drains: whoever takes over hears of it first.
        if (options.Value.IsEnabled)
            lifecycle.Subscribe(nameof(SiloHeart), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        beating = Task.Run(BeatAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await beating;
        await SendAsync(isLeaving: true, cancellationToken);
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(options.Value.PulsePeriod, time);
        try
        {
            do
            {
                await SendAsync(isLeaving: false, stop.Token);
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task SendAsync(bool isLeaving, CancellationToken cancellationToken)
    {
        try
        {
            var pulse = new SiloPulse(silo.SiloAddress.ToParsableString(), isLeaving);
            await grains.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key).PulseAsync(pulse, cancellationToken).WaitAsync(cancellationToken);
        }
#pragma warning disable CA1031 // The next pulse follows; when the supervisor's silo has died, one of them brings it back elsewhere.
        catch (Exception error) when (error is not OperationCanceledException || isLeaving)
#pragma warning restore CA1031
        {
            LogNotSent(error);
        }
    }

    [LoggerMessage(1420, LogLevel.Warning, "The silo's pulse did not reach the supervisor")]
    private partial void LogNotSent(Exception error);
}
