using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Terminals;
using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Metrics;
using Darkroom.Imaging.Sheets;

namespace Darkroom.Cli.Restore;

/// <summary>One call of <c>restore</c>: checks everything first, then restores, then writes.</summary>
internal sealed class RestoreRun(RestoreRequest request, Terminal terminal)
{
    private const string Question = "Describe the image.";

    private readonly long start = TimeProvider.System.GetTimestamp();

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (photo, truth) = request.PhotoPath is { } path
            ? (await Photo.ReadAsync(path, request.SidePath, cancellationToken), null)
            : await SamplePhoto.DrawAsync(request.Settings.Seed, cancellationToken);
        var outputs = RestoreOutputs.Reserve(photo, request.OutputPath);
        var mask = request.Region is { } asked ? await asked.ReadMaskAsync(photo, cancellationToken) : null;
        string? seen;
        RestorationSettings settings;
        IterativeRestoration iteration;
        byte[] file;
        await using (var cluster = await LocalCluster.StartAsync(request.DataFolder, request.Model, request.PreviewSteps, cancellationToken))
        {
            var session = await cluster.Client.OpenSessionAsync(new MemoryStream(photo.File), model: cluster.Model, pipeline: cluster.Pipeline, cancellationToken: cancellationToken);
            var region = request.Region?.ToRegion(mask is null ? null : await cluster.Client.UploadAsync(new MemoryStream(mask), cancellationToken));
            settings = request.Settings with { Region = region };
            seen = (await session.SendAsync(Question, cancellationToken: cancellationToken)).Description;
            var previews = new PreviewFiles(cluster.Client, outputs.Result.Path, cancellationToken);
            iteration = await ProgressView.RunAsync(terminal, view => IterativeRestoration.RunAsync(
                session, request.Rounds, request.Message, settings, _ => previews.Collect(new RunProgressReporter(view)), cancellationToken));
            var restoration = iteration.Rounds[^1];
            file = await RunResult.DownloadAsync(cluster.Client, restoration, cancellationToken);
            await previews.WriteAsync();
        }

        // The cluster is gone by now, and its memory with it: what follows decodes both pictures.
        var (reply, run) = (iteration.Rounds[^1].Reply, iteration.Rounds[^1].Run!);
        var restored = PictureFile.Decode(file);
        var made = PictureFile.Make(photo, file, restored, ImageFormats.FromPath(outputs.Result.Path));
        outputs.Result.Write(stream => stream.Write(made));
        var psnr = WriteSheet(photo, restored, truth, outputs);
        var report = new RestoreReport(
            photo, seen ?? run.Description, request.Message, reply.Answer, reply.VersionId ?? string.Empty, run, settings, iteration, outputs,
            made.Length, psnr, TimeProvider.System.GetElapsedTime(start));
        if (request.IsJson)
            report.WriteJson(terminal.Out);
        else
            report.Write(terminal.Out);
        return ExitCode.Done;
    }

    private static (double Before, double After)? WriteSheet(Photo photo, PlanarImage restored, PlanarImage? truth, RestoreOutputs outputs)
    {
        var degraded = PictureFile.Decode(photo.File);
        var sheet = BeforeAfterSheet.Compose(degraded, restored, "BEFORE", "AFTER");
        outputs.Sheet.Write(stream => ImageEncoder.Encode(sheet, ImageFormats.FromPath(outputs.Sheet.Path), stream));
        return truth is null ? null : (Psnr.Compute(degraded, truth), Psnr.Compute(restored, truth));
    }
}
