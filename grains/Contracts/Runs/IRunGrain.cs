using System.Collections.Immutable;
using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Runs;

/// <summary>Restores one picture. The key is the run's id, see <see cref="RunKey"/>.</summary>
[Alias("Darkroom.IRunGrain")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Starts the run, or drives it on after whoever drove it died; saying it twice does it once.</summary>
    /// <returns>Where the run stands; it goes on after the call.</returns>
    /// <exception cref="RunConflictException">The run was started with another request.</exception>
    /// <exception cref="InvalidRequestException">The settings are out of range.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up what it is allowed; nothing was started.</exception>
    /// <exception cref="StorageFailedException">The start could not be kept; say it again.</exception>
    [Alias("StartAsync")]
    Task<RunStatus> StartAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>Tells where the run stands.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    [Alias("GetStatusAsync")]
    Task<RunStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Tells each stretch of the run: with which seed, on which device, from which step on. The newest 64 are kept.</summary>
    /// <remarks>What began since the last checkpoint is lost with a silo, as its steps are.</remarks>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    [Alias("GetLedgerAsync")]
    Task<ImmutableArray<RunLedgerEntry>> GetLedgerAsync(CancellationToken cancellationToken);

    /// <summary>Streams the progress: where the run stands now, then each change; ends after the run has ended.</summary>
    /// <remarks>A slow reader sees the newest state, not each one. The caller asks again if the silo dies meanwhile.</remarks>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    [Alias("WatchAsync")]
    IAsyncEnumerable<RunProgress> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Cancels the run; it stops before its next step. A run that has ended stays as it is.</summary>
    /// <exception cref="RunNotFoundException">There is no such run.</exception>
    [Alias("CancelAsync")]
    Task<RunStatus> CancelAsync(CancellationToken cancellationToken);

    /// <summary>Drives the run on if whoever drove it died; a run that was never started or has ended stays as it is.</summary>
    /// <returns>Whether the run is unfinished.</returns>
    [Alias("ResumeAsync")]
    Task<bool> ResumeAsync(CancellationToken cancellationToken);
}
