namespace Darkroom.Contracts.Supervision;

/// <summary>Takes up the runs and jobs whose silo died, without anybody asking for them. There is one; its key is <see cref="Key"/>.</summary>
/// <remarks>
/// What is unfinished stands in the blob store, so the loss of every silo loses none of it. Each silo sends a pulse every
/// second, which also brings the supervisor back after the death of its own silo.
/// </remarks>
[Alias("Darkroom.ISupervisorGrain")]
public interface ISupervisorGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "supervisor";

    /// <summary>A silo tells that it lives, or that it is about to leave.</summary>
    [Alias("PulseAsync")]
    Task PulseAsync(SiloPulse pulse, CancellationToken cancellationToken);

    /// <summary>Tells what the supervisor knows.</summary>
    [Alias("GetStatusAsync")]
    Task<SupervisorStatus> GetStatusAsync(CancellationToken cancellationToken);
}
