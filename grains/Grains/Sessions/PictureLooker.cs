using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Grains.Runs;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Sessions;

/// <summary>What came of looking at a picture.</summary>
/// <param name="Description">What was seen, or null.</param>
/// <param name="Reason">Why nothing was seen, for the user.</param>
internal sealed record Look(KnownDescription? Description, string Reason);

/// <summary>Asks a device to describe a picture.</summary>
internal sealed class PictureLooker(IGrainFactory grains, IOptions<SessionOptions> options, IOptions<RunOptions> runs, TimeProvider time)
{
    /// <summary>Tells what a session knows of a picture, or looks at it and has the session remember.</summary>
    public async Task<Look> SeeAsync(SessionState session, ImageRef image, string tenant, CancellationToken cancellationToken)
    {
        if (session.Descriptions.TryGetValue(image.Hash, out var known))
            return new Look(known, string.Empty);
        var look = await LookAsync(image, tenant, session.Model, cancellationToken);
        // A describer that stood in for another is not believed for ever.
        if (look.Description is { Note.Length: 0 } seen)
            session.Descriptions[image.Hash] = seen;
        return look;
    }

    /// <summary>Describes a picture; a device that fails is followed by another one, as long as the time allows.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="tenant">Who asks.</param>
    /// <param name="model">Whose describer looks, or null for the default's.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="gain">The digital gain of a RAW file, or null for the automatic one.</param>
    public async Task<Look> LookAsync(ImageRef image, string tenant, string? model, CancellationToken cancellationToken, double? gain = null)
    {
        using var timeout = new CancellationTokenSource(options.Value.DescribeTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var finder = new DeviceFinder(grains, runs.Value, time);
        try
        {
            while (true)
            {
                try
                {
                    var found = await finder.FindAsync(model, [], null, linked.Token);
                    if (found.Key is not { } key)
                        return new Look(null, found.ToError(model, runs.Value).Message);
                    var result = await grains.GetGrain<IModelGrain>(key).DescribeAsync(new DescribeRequest(image, tenant, gain), linked.Token).WaitAsync(linked.Token);
                    if (result.Outcome == DeviceOutcome.Done)
                        return result.Description is { } seen
                            ? new Look(new KnownDescription(seen.Lighting, seen.Rain, seen.Noise, seen.Note), string.Empty)
                            : new Look(null, Dialogue.NoDescriber);
                    finder.Avoid(key);
                }
                catch (Exception error) when (error is DeviceUnavailableException or OrleansMessageRejectionException or StorageFailedException or DeviceFailedException)
                {
                    finder.AvoidCurrent();
                }

                await Task.Delay(runs.Value.RetryDelay, time, linked.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Look(null, Dialogue.CannotLook);
        }
    }
}
