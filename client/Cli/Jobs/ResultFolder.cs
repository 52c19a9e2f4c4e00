using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Jobs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Storage;

namespace Darkroom.Cli.Jobs;

/// <summary>A folder for the restored pictures of a job.</summary>
internal sealed class ResultFolder
{
    private readonly string folder;
    private readonly ImageFormat format;
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    private ResultFolder(string folder, ImageFormat format) => (this.folder, this.format) = (folder, format);

    /// <summary>Takes a folder, after checking that it can be written; makes it if it is not there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="format">Format of the pictures, or null for PNG, which is how the cluster keeps them.</param>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static ResultFolder Reserve(string path, ImageFormat? format)
    {
        if (File.Exists(path))
            throw new InputException($"The output '{path}' is a file; give a folder.");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"The folder '{path}' cannot be made: {error.Message}", error);
        }

        OutputFile.Reserve(Path.Combine(path, ".darkroom"));
        return new ResultFolder(Path.GetFullPath(path), format ?? ImageFormat.Png);
    }

    /// <summary>What became of a picture, in words.</summary>
    public static string Outcome(JobItemResult result) => result.Outcome switch
    {
        JobItemOutcome.Completed => "restored",
        JobItemOutcome.Quarantined => "given up",
        _ => "cancelled",
    };

    /// <summary>Fetches the restored pictures of a job that has ended and writes them.</summary>
    /// <returns>The exit code: not all was done where pictures were given up.</returns>
    public async Task<int> WriteAsync(Terminal terminal, ICluster cluster, IJob job, bool isJson, CancellationToken cancellationToken)
    {
        var total = (await job.GetAsync(cancellationToken)).Total;
        var (written, lost) = await ProgressView.RunAsync(terminal, async view =>
        {
            var (done, failed) = (0, new List<JobItemResult>());
            await foreach (var one in job.ResultsAsync(cancellationToken))
            {
                view.Show((double)(done + failed.Count) / Math.Max(1, total), $"fetching, {PlainText.Of(one.Name)}");
                string? path = null;
                if (one.Result is null)
                {
                    failed.Add(one);
                }
                else
                {
                    path = await FetchAsync(cluster, one, cancellationToken);
                    done++;
                }

                if (isJson)
                    JsonLine.Write(terminal.Out, new { one.Index, one.Name, one.Outcome, one.Source, one.Result, one.Error, one.Attempts, one.Route, output = path });
            }

            return (done, failed);
        });
        if (!isJson)
        {
            foreach (var one in lost)
                terminal.Out.WriteLine(PlainText.Of($"{Outcome(one),-9} {one.Name}{(one.Error is { } error ? $": {error.Message}" : string.Empty)}"));
            terminal.Out.WriteLine(PlainText.Of($"wrote     {Amounts.Of(written, "picture")} to {folder}"));
        }

        return lost.Count == 0 ? ExitCode.Done : ExitCode.Partly;
    }

    private async Task<string> FetchAsync(ICluster cluster, JobItemResult result, CancellationToken cancellationToken)
    {
        var output = ReserveFile(result);
        using var file = new MemoryStream();
        await cluster.DownloadAsync(result.Result!, file, cancellationToken);
        var bytes = format == ImageFormat.Png && result.Result!.MediaType == ImageFormats.MediaTypeOf(ImageFormat.Png)
            ? file.ToArray()
            : ImageEncoder.Encode(PictureFile.Decode(file.ToArray()), format);
        output.Write(stream => stream.Write(bytes));
        return output.Path;
    }

    // The names are a stranger's: none leads out of the folder, by itself or by a link in it.
    private OutputFile ReserveFile(JobItemResult result)
    {
        try
        {
            BlobName.Validate(result.Name);
        }
        catch (ArgumentException error)
        {
            throw new InputException($"The picture '{result.Name}' cannot be written by its name: {error.Message}", error);
        }

        var name = Path.ChangeExtension(result.Name, ImageFormats.ExtensionOf(format));
        if (!names.Add(name))
            names.Add(name = $"{Path.ChangeExtension(result.Name, null)}.{result.Index}{ImageFormats.ExtensionOf(format)}");
        var path = Path.Combine(folder, name);
        var parent = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(parent);
        for (var above = new DirectoryInfo(parent); above is not null && above.FullName != folder; above = above.Parent)
        {
            if (above.LinkTarget is not null)
                throw new InputException($"'{above.FullName}' is a link; pictures are written to folders below '{folder}' only.");
        }

        return OutputFile.Reserve(path);
    }
}
