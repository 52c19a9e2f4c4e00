namespace Darkroom.Client.Http;

/// <summary>Files by name, for jobs that are given a prefix, over HTTP.</summary>
public sealed class HttpUploads
{
    private readonly HttpTransport transport;

    internal HttpUploads(HttpTransport transport) => this.transport = transport;

    /// <summary>Stores a file under a name, in place of what was there.</summary>
    /// <param name="name">The name; slashes make folders.</param>
    /// <param name="file">The file, read from where it stands; it stays the caller's. A stream that cannot seek is sent once, without a second attempt.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DarkroomHttpException">400: the name is not allowed. 413: the file is too large.</exception>
    public Task<Upload> PutAsync(string name, Stream file, CancellationToken cancellationToken = default) =>
        transport.SendAsync(HttpMethod.Put, PathOf(name), HttpBody.OfFile(new FileSource(file)), null, transport.ReadJsonAsync<Upload>, cancellationToken);

    /// <summary>Lists files, by name; pages are fetched as they are read.</summary>
    /// <param name="prefix">Start of their names, or null for all.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public IAsyncEnumerable<Upload> ListAsync(string? prefix = null, CancellationToken cancellationToken = default) =>
        transport.PagesAsync<UploadPage, Upload>(HttpPath.Query("v1/uploads", ("prefix", prefix), ("limit", 1000)), page => (page.Uploads, page.Next), cancellationToken);

    /// <summary>Deletes a file; one that is not there is no error.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => transport.DeleteAsync(PathOf(name), cancellationToken);

    private static string PathOf(string name) => $"v1/uploads/{HttpPath.Segments(name)}";
}
