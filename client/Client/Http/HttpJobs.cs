using System.Runtime.CompilerServices;
using System.Text.Json;
using Darkroom.Contracts.Jobs;

namespace Darkroom.Client.Http;

/// <summary>Batches of pictures that are restored alike, over HTTP.</summary>
public sealed class HttpJobs
{
    private readonly HttpTransport transport;
    private readonly EventReader events;

    internal HttpJobs(HttpTransport transport, EventReader events) => (this.transport, this.events) = (transport, events);

    /// <summary>Starts a job of files that are sent with it, one after the other as they are read. (Many thousands are better uploaded first: see <see cref="StartFromPrefixAsync"/>.)</summary>
    /// <param name="files">The files, at most 10,000.</param>
    /// <param name="order">What to do to each; restore them if null.</param>
    /// <param name="idempotencyKey">The caller's word for it, to say it again after a crash; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call; a job that was started goes on.</param>
    /// <exception cref="DarkroomHttpException">400: a name is not allowed, or there is no file. 409: the name is in use. 413: it is too much.</exception>
    public Task<JobStatus> StartAsync(IEnumerable<JobFile> files, JobOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        StartAsync(Form(order, files.Select(file => ("files", file.Name, new FileSource(file.Open)))), idempotencyKey, cancellationToken);

    /// <summary>Starts a job of the pictures in a zip archive.</summary>
    /// <param name="archive">The archive, read from where it stands; it stays the caller's. A stream that cannot seek is sent once, without a second attempt.</param>
    /// <param name="order">What to do to each; restore them if null.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call; a job that was started goes on.</param>
    /// <exception cref="DarkroomHttpException">422: it is no archive, or one that cannot be trusted. 413: it is too large.</exception>
    public Task<JobStatus> StartFromZipAsync(Stream archive, JobOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        StartAsync(Form(order, [("zip", "pictures.zip", new FileSource(archive))]), idempotencyKey, cancellationToken);

    /// <summary>Starts a job of the uploads whose names begin alike (see <see cref="DarkroomHttpClient.Uploads"/>).</summary>
    /// <param name="prefix">Start of their names.</param>
    /// <param name="order">What to do to each; restore them if null.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call; a job that was started goes on.</param>
    public Task<JobStatus> StartFromPrefixAsync(string prefix, JobOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        order ??= new JobOrder();
        return StartAsync(
            HttpBody.OfJson(new { prefix, order.Kind, order.Words, order.Settings, order.Model, order.Pipeline, order.Concurrency, order.Name }), idempotencyKey, cancellationToken);
    }

    /// <summary>Starts a job of pictures that were uploaded before (see <see cref="DarkroomHttpClient.Images"/>).</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="order">What to do to each; restore them if null.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call; a job that was started goes on.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such picture.</exception>
    public Task<JobStatus> StartFromImagesAsync(
        IEnumerable<JobPicture> images, JobOrder? order = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        order ??= new JobOrder();
        return StartAsync(
            HttpBody.OfJson(new { images, order.Kind, order.Words, order.Settings, order.Model, order.Pipeline, order.Concurrency, order.Name }), idempotencyKey, cancellationToken);
    }

    /// <summary>Lists the jobs, the newest first; pages are fetched as they are read.</summary>
    public IAsyncEnumerable<JobStatus> ListAsync(CancellationToken cancellationToken = default) =>
        transport.PagesAsync<JobPage, JobStatus>("v1/jobs", page => (page.Jobs, page.Next), cancellationToken);

    /// <summary>Tells where a job stands.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such job.</exception>
    public Task<JobStatus> GetAsync(string job, CancellationToken cancellationToken = default) => transport.GetAsync<JobStatus>(PathOf(job), cancellationToken);

    /// <summary>Streams how far a job is, to its end, whatever connection breaks meanwhile; the last one says how it ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the stream; the job goes on.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such job. Or the server stayed away too long.</exception>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string job, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (progress, ended) in events.FollowAsync<JobStatus, JobStatus>($"{PathOf(job)}/events", cancellationToken).ConfigureAwait(false))
            yield return progress ?? ended!;
    }

    /// <summary>Waits for the end of a job, whatever connection breaks meanwhile.</summary>
    /// <param name="job">The job.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops waiting; the job goes on.</param>
    /// <exception cref="DarkroomHttpException">404: there is no such job. Or the server stayed away too long.</exception>
    public async Task<JobStatus> WaitAsync(string job, IProgress<JobStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        JobStatus? last = null;
        await foreach (var status in WatchAsync(job, cancellationToken).ConfigureAwait(false))
        {
            last = status;
            progress?.Report(status);
        }

        return last!;
    }

    /// <summary>Begins no further picture; those under way go on to their end.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such job.</exception>
    public Task<JobStatus> PauseAsync(string job, CancellationToken cancellationToken = default) => ChangeAsync(job, "pause", cancellationToken);

    /// <summary>Goes on after a pause.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such job.</exception>
    public Task<JobStatus> ResumeAsync(string job, CancellationToken cancellationToken = default) => ChangeAsync(job, "resume", cancellationToken);

    /// <summary>Cancels a job; it ends a little later (see <see cref="WaitAsync"/>), and what is done stays in the results.</summary>
    /// <exception cref="DarkroomHttpException">404: there is no such job.</exception>
    public Task<JobStatus> CancelAsync(string job, CancellationToken cancellationToken = default) => ChangeAsync(job, "cancel", cancellationToken);

    /// <summary>Starts a new job of the pictures that a job gave up.</summary>
    /// <param name="job">The job; it has ended.</param>
    /// <param name="name">The new job's name, or null for a new one.</param>
    /// <param name="idempotencyKey">The caller's word for it; null for a new one.</param>
    /// <param name="cancellationToken">Stops the call; a job that was started goes on.</param>
    /// <exception cref="DarkroomHttpException">409: the job has not ended. 400: there is nothing to try again.</exception>
    public Task<JobStatus> RetryAsync(string job, string? name = null, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        transport.PostAsync<JobStatus>($"{PathOf(job)}/retry", HttpBody.OfJson(new { name }), idempotencyKey, cancellationToken);

    /// <summary>Reads what became of each picture, once the job has ended: one line a picture, as they arrive.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DarkroomHttpException">409: the job has not ended.</exception>
    public async IAsyncEnumerable<JobItemResult> ResultsAsync(string job, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (patience, given) = (new Patience(transport.Options, transport.Time), 0);
        while (true)
        {
            TimeSpan wait;
            var lines = new ResultLines(transport, $"{PathOf(job)}/results", given, cancellationToken);
            await using (lines.ConfigureAwait(false))
            {
                while (true)
                {
                    JobItemResult? result;
                    try
                    {
                        result = await lines.NextAsync().ConfigureAwait(false);
                    }
                    catch (DarkroomHttpException error) when (error.IsTransient && patience.AfterFailure(error.RetryAfter) is { } next)
                    {
                        wait = next;
                        break;
                    }

                    if (result is null)
                        yield break;
                    given++;
                    yield return result;
                }
            }

            await Task.Delay(wait, transport.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Copies the restored pictures by their names, and the lines of the results, as a zip archive.</summary>
    /// <param name="job">The job; it has ended.</param>
    /// <param name="destination">Where to; stays open. A connection that breaks begins it anew, which takes a stream that can seek.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    /// <exception cref="DarkroomHttpException">409: the job has not ended.</exception>
    public Task DownloadResultsAsync(string job, Stream destination, CancellationToken cancellationToken = default) =>
        new FileDownload(transport, $"{PathOf(job)}/results.zip").CopyToAsync(destination, cancellationToken);

    private static HttpBody Form(JobOrder? order, IEnumerable<(string Field, string Name, FileSource File)> parts) =>
        HttpBody.OfForm([("request", HttpBody.FieldOf(order))], parts);

    private Task<JobStatus> StartAsync(HttpBody body, string? idempotencyKey, CancellationToken cancellationToken) =>
        transport.PostAsync<JobStatus>("v1/jobs", body, idempotencyKey, cancellationToken);

    private Task<JobStatus> ChangeAsync(string job, string what, CancellationToken cancellationToken) =>
        transport.PostAsync<JobStatus>($"{PathOf(job)}/{what}", null, null, cancellationToken);

    private static string PathOf(string job) => $"v1/jobs/{HttpPath.Segment(job)}";

    // One attempt at the results; the lines that were given before are passed over.
    private sealed class ResultLines(HttpTransport transport, string path, int skip, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly Silence silence = new(transport.Options.Silence, transport.Time, cancellationToken);
        private HttpResponseMessage? response;
        private StreamReader? reader;

        public async Task<JobItemResult?> NextAsync()
        {
            silence.Break();
            if (reader is null)
            {
                response = await transport.OpenAsync(HttpMethod.Get, path, null, null, silence, null).ConfigureAwait(false);
                HttpTransport.RequireType(response, "application/jsonl");
                reader = new StreamReader(await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false));
                for (var i = 0; i < skip; i++)
                    _ = await LineAsync().ConfigureAwait(false) ?? throw DarkroomHttpException.OfDamage(response.StatusCode, "The results have become fewer.");
            }

            var line = await LineAsync().ConfigureAwait(false);
            silence.Hold();
            try
            {
                return line is null ? null : JsonSerializer.Deserialize<JobItemResult>(line, HttpJson.Answers) ?? throw new JsonException("A line is null.");
            }
            catch (JsonException error)
            {
                throw DarkroomHttpException.OfDamage(response!.StatusCode, error.Message, error);
            }
        }

        public ValueTask DisposeAsync()
        {
            reader?.Dispose();
            response?.Dispose();
            silence.Dispose();
            return ValueTask.CompletedTask;
        }

        private Task<string?> LineAsync() => transport.GuardAsync(() => reader!.ReadLineAsync(silence.Token).AsTask(), silence);
    }
}
