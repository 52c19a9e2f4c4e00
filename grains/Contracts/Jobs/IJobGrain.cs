using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Jobs;

/// <summary>Restores the pictures of a manifest. The key is the job's id, see <see cref="JobKey"/>.</summary>
[Alias("Darkroom.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Starts the job, or drives it on after whoever drove it died; saying it twice does it once.</summary>
    /// <returns>Where the job stands; it goes on after the call.</returns>
    /// <exception cref="JobConflictException">The job was started with another request.</exception>
    /// <exception cref="InvalidRequestException">The request has a value that is not allowed.</exception>
    /// <exception cref="StorageFailedException">The start could not be kept; say it again.</exception>
    [Alias("StartAsync")]
    Task<JobStatus> StartAsync(JobRequest request, CancellationToken cancellationToken);

    /// <summary>Tells where the job stands.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    [Alias("GetStatusAsync")]
    Task<JobStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Gets what the job is to do.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    [Alias("GetRequestAsync")]
    Task<JobRequest> GetRequestAsync(CancellationToken cancellationToken);

    /// <summary>Streams the progress: where the job stands now, then each change; ends after the job has ended.</summary>
    /// <remarks>A slow reader sees the newest state, not each one. The caller asks again if the silo dies meanwhile.</remarks>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    [Alias("WatchAsync")]
    IAsyncEnumerable<JobStatus> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Begins no further picture; those under way go on to their end. A job that has ended stays as it is.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("PauseAsync")]
    Task<JobStatus> PauseAsync(CancellationToken cancellationToken);

    /// <summary>Goes on after <see cref="PauseAsync"/>.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("ResumeAsync")]
    Task<JobStatus> ResumeAsync(CancellationToken cancellationToken);

    /// <summary>As <see cref="PauseAsync"/> and <see cref="ResumeAsync"/>, with an id: saying it twice does it once.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("ChangeAsync")]
    Task<JobStatus> ChangeAsync(JobChange change, CancellationToken cancellationToken);

    /// <summary>Cancels the job and the runs under way; what is done stays in the results. A job that has ended stays as it is.</summary>
    /// <returns>Where the job stands: it is <see cref="JobStage.Cancelled"/> a little later.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="StorageFailedException">It could not be kept; say it again.</exception>
    [Alias("CancelAsync")]
    Task<JobStatus> CancelAsync(CancellationToken cancellationToken);

    /// <summary>Drives the job on if whoever drove it died; a job that was never started or has ended stays as it is.</summary>
    /// <returns>Whether the job is unfinished.</returns>
    [Alias("ResumeUnfinishedAsync")]
    Task<bool> ResumeUnfinishedAsync(CancellationToken cancellationToken);
}
