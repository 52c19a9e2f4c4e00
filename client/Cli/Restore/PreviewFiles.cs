using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Restore;

/// <summary>The previews that runs show of themselves, as files beside the result.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="resultPath">Path of the result.</param>
/// <param name="cancellationToken">Stops fetching them.</param>
internal sealed class PreviewFiles(ICluster cluster, string resultPath, CancellationToken cancellationToken)
{
    // Fetched while the run is under way: its previews end with it.
    private readonly List<Task<byte[]?>> files = [];
    private string? newest;

    /// <summary>Fetches the previews of a run while it is watched.</summary>
    /// <param name="inner">Who else is told.</param>
    public IProgress<RunProgress> Collect(IProgress<RunProgress> inner) => new Collector(this, inner);

    /// <summary>Writes them, in the order in which they were seen.</summary>
    /// <exception cref="InputException">One cannot be written.</exception>
    public async Task WriteAsync()
    {
        var number = 0;
        foreach (var file in await Task.WhenAll(files))
        {
            if (file is null)
                continue;                                                       // the run was over before it was fetched
            var path = Path.ChangeExtension(resultPath, string.Create(CultureInfo.InvariantCulture, $".preview{++number:00}.png"));
            OutputFile.Reserve(path).Write(stream => stream.Write(file));
        }
    }

    private void Add(RunProgress glimpse)
    {
        if (glimpse.Preview is not { } preview || preview.Hash == newest)
            return;
        newest = preview.Hash;
        files.Add(FetchAsync(glimpse));
    }

    private async Task<byte[]?> FetchAsync(RunProgress glimpse)
    {
        using var buffer = new MemoryStream();
        return await cluster.DownloadPreviewAsync(glimpse, buffer, cancellationToken) ? buffer.ToArray() : null;
    }

    private sealed class Collector(PreviewFiles files, IProgress<RunProgress> inner) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            files.Add(value);
            inner.Report(value);
        }
    }
}
