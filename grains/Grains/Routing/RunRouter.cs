using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Imaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Routing;

/// <summary>Finds out what a route depends on, and chooses: what the silos have, and what a describer sees where that decides.</summary>
internal sealed partial class RunRouter(IGrainFactory grains, PictureLooker looker, IOptions<RunOptions> options, TimeProvider time, ILogger<RunRouter> logger)
{
    private static readonly string RawType = ImageFormats.MediaTypeOf(ImageFormat.Raw);

    // The automatic gain makes any night bright; how dark it was shows without.
    private const double AsTaken = 1;

    /// <summary>Tells whether a run has to be sent somewhere; one that names its model alone has not.</summary>
    public static bool IsFor(RunRequest run) => run.Model is null || run.Pipeline is not null;

    /// <summary>Chooses a run's pipeline; waits for a silo as long as a run waits for a device.</summary>
    public async Task<RouteAnswer> RouteAsync(RunRequest run, string tenant, CancellationToken cancellationToken)
    {
        if (await ReadMapAsync(cancellationToken) is not { } map)
            return new RouteAnswer(null, new FoundDevice(null, RouteOutcome.NoDevices, []).ToError(run.Model, options.Value));
        var question = new RouteQuestion(run.Kind, run.Words, run.Description, run.Source.MediaType == RawType, run.Settings, run.Pipeline, run.Model);
        if (PipelineRouter.NeedsFindings(question, map))
            question = question with { Description = await DescribeAsync(run, tenant, cancellationToken) };
        return PipelineRouter.Choose(question, map);
    }

    // Null if nobody can say now: the route is then chosen without, and a picture that is damaged is told of where it is prepared.
    private async Task<string?> DescribeAsync(RunRequest run, string tenant, CancellationToken cancellationToken)
    {
        try
        {
            return (await looker.LookAsync(run.Source, tenant, null, cancellationToken, AsTaken)).Description?.Text;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(error);
            return null;
        }
    }

    private async Task<RouteMap?> ReadMapAsync(CancellationToken cancellationToken)
    {
        var directory = grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key);
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                if (RouteMap.Of(await directory.ListAsync(cancellationToken).WaitAsync(cancellationToken)) is { } map)
                    return map;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogNoDirectory(error);
            }

            if (time.GetElapsedTime(begun) > options.Value.DeviceTimeout)
                return null;
            await Task.Delay(options.Value.RetryDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(1120, LogLevel.Warning, "The directory of devices did not answer; trying again")]
    private partial void LogNoDirectory(Exception error);

    [LoggerMessage(1121, LogLevel.Warning, "A RAW file could not be looked at; its pipeline is chosen without")]
    private partial void LogNotSeen(Exception error);
}
