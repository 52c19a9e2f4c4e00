using System.Net;
using System.Runtime.CompilerServices;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Client.Http;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Remote;

/// <summary>A server's cluster.</summary>
internal sealed class RemoteCluster : ICluster
{
    // A person waits: some three seconds are enough to see that nobody answers.
    private const int Attempts = 5;

    private readonly DarkroomHttpClient client;
    private readonly ModelChoice choice;

    private RemoteCluster(DarkroomHttpClient client, ModelChoice choice) => (this.client, this.choice) = (client, choice);

    /// <inheritdoc/>
    public bool EndsWithProcess => false;

    /// <summary>Takes up a server's cluster, after asking whether it is there and accepts the key.</summary>
    /// <param name="server">Its address.</param>
    /// <param name="key">The API key, or null for none.</param>
    /// <param name="choice">The model to restore with.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="InputException">The model is a file.</exception>
    /// <exception cref="DarkroomHttpException">It cannot be reached, or does not accept the key.</exception>
    public static async Task<RemoteCluster> OpenAsync(Uri server, string? key, ModelChoice choice, CancellationToken cancellationToken)
    {
        choice.Require();
        if (choice.Path is not null)
            throw new InputException("--model is a file of this machine; a server restores with what was imported there: --checkpoint NAME ('./cluster checkpoint list' names them).");
        var client = new DarkroomHttpClient(server, key, new DarkroomHttpOptions { Attempts = Attempts });
        try
        {
            await client.GetCallerAsync(cancellationToken);
            return new RemoteCluster(client, choice);
        }
        catch (DarkroomHttpException error) when (error.Status == HttpStatusCode.NotFound)
        {
            client.Dispose();
            throw new CommandException($"The address {server} is of something else: there is no API of Darkroom below it.", ExitCode.Unreachable, error);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<ISession> OpenSessionAsync(byte[] picture, string? name, CancellationToken cancellationToken)
    {
        var order = new SessionOrder(name, Model: choice.Checkpoint, Pipeline: choice.Pipeline);
        var opened = await client.Sessions.OpenAsync(new MemoryStream(picture), order, cancellationToken: cancellationToken);
        return new RemoteSession(client, opened.Session.Session);
    }

    /// <inheritdoc/>
    public ISession Session(string name) => new RemoteSession(client, name);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionRow> ListSessionsAsync(int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in client.Sessions.ListAsync(cancellationToken).Take(limit))
            yield return new SessionRow(one.Session, one.OpenedAt, one.Source, one.CurrentVersionId, one.VersionCount);
    }

    /// <inheritdoc/>
    public async Task<string> UploadAsync(Stream picture, CancellationToken cancellationToken) =>
        (await client.Images.UploadAsync(picture, cancellationToken: cancellationToken)).Hash;

    /// <inheritdoc/>
    public Task DownloadAsync(ImageRef image, Stream destination, CancellationToken cancellationToken) => client.Images.DownloadAsync(image.Hash, destination, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DownloadPreviewAsync(RunProgress glimpse, Stream destination, CancellationToken cancellationToken)
    {
        if (glimpse.Preview is not { } preview)
            return false;
        try
        {
            await client.Images.DownloadAsync(preview.Hash, destination, cancellationToken);
            return true;
        }
        catch (DarkroomHttpException error) when (error.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<IJob> StartJobAsync(JobPlan plan, IProgress<int> progress, CancellationToken cancellationToken)
    {
        // The name is known before the job is: what was started before Ctrl-C was heard can be cancelled by it.
        var name = plan.Name ?? Guid.NewGuid().ToString("N");
        var order = new JobOrder(plan.Kind, plan.Words, plan.Settings, choice.Checkpoint, choice.Pipeline, plan.Concurrency, name);
        try
        {
            var started = plan.Prefix is { } prefix
                ? await client.Jobs.StartFromPrefixAsync(prefix, order, cancellationToken: cancellationToken)
                : await client.Jobs.StartAsync(plan.Photos.Select((photo, i) => new JobFile(photo.Name, () => Open(photo, i, progress))), order, cancellationToken: cancellationToken);
            return Job(started.JobId);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && plan.Name is null)
        {
            await CancelIfThereAsync(name);
            throw;
        }
    }

    /// <inheritdoc/>
    public IJob Job(string name) => new RemoteJob(client, name);

    /// <inheritdoc/>
    public IAsyncEnumerable<JobStatus> ListJobsAsync(int limit, CancellationToken cancellationToken) => client.Jobs.ListAsync(cancellationToken).Take(limit);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(CancellationToken cancellationToken) => await client.ListCheckpointsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterState> GetStateAsync(CancellationToken cancellationToken)
    {
        var report = await client.GetClusterAsync(cancellationToken);
        return new ClusterState(
            [.. report.Silos.Select(silo => new SiloState(silo.Silo, [.. silo.Devices.Select(DeviceOf)], silo.Models, silo.DefaultModel, silo.IsStopping))],
            report.Supervisor.Unfinished);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DeviceReport DeviceOf(DeviceView device) => new(
        device.Device, device.QueueDepth, device.QueueCapacity, device.ResidentModels, device.IsHung, device.ExpectedWork, device.RunTime, device.LoadTime);

    // A file is opened when it is its turn: all before it are with the server.
    private static Stream Open(JobPhoto photo, int index, IProgress<int> progress)
    {
        progress.Report(index);
        return photo.Open();
    }

    private async Task CancelIfThereAsync(string job)
    {
        try
        {
            await client.Jobs.CancelAsync(job, CancellationToken.None);
        }
        catch (DarkroomHttpException)
        {
            // It was not started, or the server is away: there is nobody to tell.
        }
    }
}
