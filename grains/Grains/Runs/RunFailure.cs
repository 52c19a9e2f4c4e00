using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Orleans.Runtime;
using Orleans.Storage;

namespace Darkroom.Grains.Runs;

/// <summary>What a failed call means for a run.</summary>
internal enum FailureEffect
{
    /// <summary>The run fails: trying again would give the same.</summary>
    Final,

    /// <summary>Try again; too often in a row and the run fails.</summary>
    Counted,

    /// <summary>The device is gone: go to another one.</summary>
    Move,

    /// <summary>Another activation drives the run: leave it alone.</summary>
    Fenced,
}

/// <summary>Sorts what can go wrong while a run is driven.</summary>
/// <param name="Effect">What it means for the run.</param>
/// <param name="Code">What to tell the user if the run fails of it.</param>
internal readonly record struct RunFailure(FailureEffect Effect, RunErrorCode Code)
{
    /// <summary>Sorts an exception.</summary>
    public static RunFailure Of(Exception error) => error switch
    {
        InvalidImageException => new(FailureEffect.Final, RunErrorCode.InvalidImage),
        InvalidRequestException => new(FailureEffect.Final, RunErrorCode.InvalidRequest),
        NonFiniteResultException => new(FailureEffect.Final, RunErrorCode.Device),
        InconsistentStateException => new(FailureEffect.Fenced, RunErrorCode.Storage),
        StorageFailedException => new(FailureEffect.Counted, RunErrorCode.Storage),
        // A silo that died takes the calls to it along: rejected, timed out, or refused by the placement.
        DeviceUnavailableException or OrleansMessageRejectionException or TimeoutException => new(FailureEffect.Move, RunErrorCode.NoDevice),
        _ => new(FailureEffect.Counted, RunErrorCode.Device),
    };
}
