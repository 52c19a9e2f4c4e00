using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Devices;

/// <summary>One model on one device of one silo. The key is <c>{silo address}/{device}/{model}</c>, see <see cref="ModelGrainKey"/>.</summary>
/// <remarks>
/// Every call waits for the device no longer than the request's <c>MaxWait</c> and never blocks a turn: many runs are
/// served at once. What a run has in the silo (pixels, latents, conditioning) can be lost at any time; a call then
/// answers <see cref="DeviceOutcome.WorkspaceLost"/> and the caller prepares again from its last checkpoint.
/// </remarks>
[Alias("Darkroom.IModelGrain")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Looks at a picture and says what is wrong with it.</summary>
    /// <exception cref="DeviceUnavailableException">The key's silo, device or model is not there.</exception>
    /// <exception cref="InvalidImageException">The picture is missing, not a picture, damaged or too large.</exception>
    [Alias("DescribeAsync")]
    Task<DescribeResult> DescribeAsync(DescribeRequest request, CancellationToken cancellationToken);

    /// <summary>Decodes a run's picture, describes it if asked, and encodes the words; or takes all that from a checkpoint.</summary>
    /// <exception cref="DeviceUnavailableException">The key's silo, device or model is not there.</exception>
    /// <exception cref="InvalidImageException">The picture is missing, not a picture, damaged or too large.</exception>
    /// <exception cref="InvalidRequestException">The model cannot use the words or the settings.</exception>
    [Alias("PrepareAsync")]
    Task<PrepareResult> PrepareAsync(PrepareRequest request, CancellationToken cancellationToken);

    /// <summary>Advances a run by some steps, over as many tiles as that takes, and writes a checkpoint if asked.</summary>
    /// <exception cref="DeviceUnavailableException">The key's silo, device or model is not there.</exception>
    [Alias("StepAsync")]
    Task<StepResult> StepAsync(StepRequest request, CancellationToken cancellationToken);

    /// <summary>Takes the tiles that others worked on from their checkpoints, blends the tiles with each other and with the input, encodes the result and stores it; frees what the run has in the silo.</summary>
    /// <exception cref="DeviceUnavailableException">The key's silo, device or model is not there.</exception>
    [Alias("FinishAsync")]
    Task<FinishResult> FinishAsync(FinishRequest request, CancellationToken cancellationToken);

    /// <summary>Frees what a run, or a part of it (<see cref="TileRange.IdOf"/>), has in the silo; a run that has nothing there is no error.</summary>
    [Alias("ReleaseAsync")]
    Task ReleaseAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Keeps the model in the device's memory for a while, and begins to load it if it is not there. It goes last when another model needs the room.</summary>
    /// <param name="duration">How long, from now, up to an hour; zero lets it go.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Whether it is there; loading goes on after the call.</returns>
    /// <exception cref="DeviceUnavailableException">The key's silo or device is not there.</exception>
    /// <exception cref="InvalidRequestException">The duration is not allowed.</exception>
    [Alias("KeepAsync")]
    Task<KeepResult> KeepAsync(TimeSpan duration, CancellationToken cancellationToken);
}
