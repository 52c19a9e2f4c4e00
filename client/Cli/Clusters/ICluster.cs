using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Clusters;

/// <summary>A cluster as the commands see it: the one in this process, or a server's.</summary>
internal interface ICluster : IAsyncDisposable
{
    /// <summary>Gets whether work ends with this process; a server goes on by itself.</summary>
    bool EndsWithProcess { get; }

    /// <summary>Stores a picture and opens a session with it; a session of that name goes on if it is of the same picture.</summary>
    /// <param name="picture">The picture's file.</param>
    /// <param name="name">The session's name, or null for a new one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<ISession> OpenSessionAsync(byte[] picture, string? name, CancellationToken cancellationToken);

    /// <summary>Takes up a session that was opened before; nothing is called until it is used.</summary>
    ISession Session(string name);

    /// <summary>Lists the sessions, the newest first.</summary>
    IAsyncEnumerable<SessionRow> ListSessionsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Stores a picture's file.</summary>
    /// <returns>Its hash.</returns>
    Task<string> UploadAsync(Stream picture, CancellationToken cancellationToken);

    /// <summary>Copies a picture's file.</summary>
    Task DownloadAsync(ImageRef image, Stream destination, CancellationToken cancellationToken);

    /// <summary>Copies the preview that a run shows of itself while it is under way.</summary>
    /// <returns>False if there is none any more.</returns>
    Task<bool> DownloadPreviewAsync(RunProgress glimpse, Stream destination, CancellationToken cancellationToken);

    /// <summary>Starts a job; said again under the same name it is the same job.</summary>
    /// <param name="plan">What is to be done to which pictures.</param>
    /// <param name="progress">Hears how many files were handed over.</param>
    /// <param name="cancellationToken">Stops handing files over; nothing is started then.</param>
    Task<IJob> StartJobAsync(JobPlan plan, IProgress<int> progress, CancellationToken cancellationToken);

    /// <summary>Takes up a job that was started before; nothing is called until it is used.</summary>
    IJob Job(string name);

    /// <summary>Lists the jobs, the newest first.</summary>
    IAsyncEnumerable<JobStatus> ListJobsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Lists the checkpoints that pictures can be restored with.</summary>
    Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken);

    /// <summary>Tells what the cluster has and does.</summary>
    Task<ClusterState> GetStateAsync(CancellationToken cancellationToken);
}

/// <summary>A session of a list.</summary>
/// <param name="Session">Its name.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Source">The picture as it was opened.</param>
/// <param name="CurrentVersionId">The version that is the current one.</param>
/// <param name="VersionCount">Number of versions.</param>
internal sealed record SessionRow(string Session, DateTimeOffset OpenedAt, ImageRef Source, string CurrentVersionId, int VersionCount);
