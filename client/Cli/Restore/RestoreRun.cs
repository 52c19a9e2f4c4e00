using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
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
            ? (await ReadAsync(path, cancellationToken), null)
            : await SamplePhoto.DrawAsync(request.Settings.Seed, cancellationToken);
        var outputs = RestoreOutputs.Reserve(photo, request.OutputPath, request.Format);
        RequireSense(outputs);
        var mask = request.Region is { } asked ? await asked.ReadMaskAsync(photo, cancellationToken) : null;
        string? seen;
        RestorationSettings settings;
        IterativeRestoration iteration;
        byte[] file;
        await using (var cluster = await ClusterConnection.OpenAsync(request.Target, request.Model, request.PreviewSteps, cancellationToken))
        {
            var session = await cluster.OpenSessionAsync(photo.File, null, cancellationToken);
            var region = request.Region?.ToRegion(mask is null ? null : await cluster.UploadAsync(new MemoryStream(mask), cancellationToken));
            settings = request.Settings with { Region = region };
            seen = (await session.SendAsync(Question, null, 1, cancellationToken)).Description;
            var previews = new PreviewFiles(cluster, outputs.Result?.Path ?? string.Empty, cancellationToken);
            var reply = await session.SendAsync(request.Message, settings, request.Rounds, cancellationToken);
            iteration = await ProgressView.RunAsync(terminal, view =>
            {
                var progress = new RunProgressReporter(view);
                return session.FollowAsync(reply, request.Message, request.PreviewSteps is null ? progress : previews.Collect(progress), cancellationToken);
            });
            file = await RunResult.DownloadAsync(cluster, iteration.Rounds[^1], cancellationToken);
            await previews.WriteAsync();
        }

        // A cluster in this process is gone by now, and its memory with it: what follows decodes both pictures.
        var last = iteration.Rounds[^1];
        var restored = PictureFile.Decode(file);
        var made = PictureFile.Make(photo, file, restored, outputs.Format);
        var psnr = await WriteAsync(photo, restored, made, truth, outputs, cancellationToken);
        var report = new RestoreReport(
            photo, seen ?? last.Run!.Description, request.Message, last.Reply.Answer, last.Reply.VersionId ?? string.Empty, last.Run!, settings, iteration, outputs,
            made.Length, psnr, TimeProvider.System.GetElapsedTime(start));
        if (request.IsJson)
            report.WriteJson(terminal.Out);
        else
            report.Write(outputs.Result is null ? terminal.Error : terminal.Out);
        return ExitCode.Done;
    }

    private Task<Photo> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (path != Terminal.Pipe)
            return Photo.ReadAsync(path, request.SidePath, cancellationToken);
        if (terminal.IsInputInteractive)
            throw new InputException("'-' is a photograph on standard input; send one there: './cluster restore - < PHOTO'.");
        return request.SidePath is null
            ? Photo.ReadPipeAsync(Terminal.OpenInput(), cancellationToken)
            : throw new InputException("--raw-side belongs to a file; give the file's name instead of '-'.");
    }

    private void RequireSense(RestoreOutputs outputs)
    {
        if (outputs.Result is not null)
            return;
        PictureTarget.RequirePipe(terminal, request.IsJson);
        if (request.PreviewSteps is not null)
            throw new InputException("--previews writes files beside the result; give it a name with -o FILE.");
    }

    private static async Task<(double Before, double After)?> WriteAsync(
        Photo photo, PlanarImage restored, byte[] made, PlanarImage? truth, RestoreOutputs outputs, CancellationToken cancellationToken)
    {
        if (outputs is not { Result: { } result, Sheet: { } sheet })
        {
            await using var output = Terminal.OpenOutput();
            await output.WriteAsync(made, cancellationToken);
            return null;
        }

        result.Write(stream => stream.Write(made));
        var degraded = PictureFile.Decode(photo.File);
        sheet.Write(stream => ImageEncoder.Encode(BeforeAfterSheet.Compose(degraded, restored, "BEFORE", "AFTER"), ImageFormats.FromPath(sheet.Path), stream));
        return truth is null ? null : (Psnr.Compute(degraded, truth), Psnr.Compute(restored, truth));
    }
}
