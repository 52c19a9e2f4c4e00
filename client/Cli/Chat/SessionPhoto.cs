using Darkroom.Cli.Clusters;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Cli.Chat;

/// <summary>The photograph of a session that was opened before, fetched from the cluster.</summary>
internal static class SessionPhoto
{
    /// <summary>Fetches it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="session">The session.</param>
    /// <param name="folder">The folder that it is taken to lie in: what is made of it is written there.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    public static async Task<Photo> DownloadAsync(ICluster cluster, ISession session, string folder, CancellationToken cancellationToken)
    {
        var source = (await session.GetAsync(cancellationToken)).Source;
        using var file = new MemoryStream();
        await cluster.DownloadAsync(source, file, cancellationToken);
        var header = new ImageDecoder(new ImagingOptions()).Identify(file.ToArray());
        return new Photo(Path.Combine(Path.GetFullPath(folder), session.Name + ImageFormats.ExtensionOf(header.Format)), file.ToArray(), header);
    }
}
