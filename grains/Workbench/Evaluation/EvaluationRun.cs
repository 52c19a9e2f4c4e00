using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Grains.Checkpoints;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Workbench.Evaluation.Metrics;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Files that an evaluation writes, or null.</summary>
/// <param name="Sheet">Pictures side by side.</param>
/// <param name="Json">A line of JSON a picture.</param>
/// <param name="Markdown">A table.</param>
internal sealed record EvaluationOutputs(string? Sheet = null, string? Json = null, string? Markdown = null);

/// <summary>One call of <c>eval</c>: loads the model, goes through the pictures and writes what was asked for.</summary>
/// <param name="Items">The pictures.</param>
/// <param name="Options">What is added and said.</param>
/// <param name="Choice">The model.</param>
/// <param name="DataFolder">Where imported checkpoints are, or null for the default.</param>
/// <param name="DeviceName">Where to compute, or null for the first CUDA device or the CPU.</param>
/// <param name="Metrics">What is measured beside PSNR and SSIM.</param>
/// <param name="Outputs">What is written.</param>
internal sealed record EvaluationRun(
    IReadOnlyList<EvaluationItem> Items, EvaluationOptions Options, ModelChoice Choice, string? DataFolder, string? DeviceName,
    IReadOnlyList<string> Metrics, EvaluationOutputs Outputs)
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var json = Outputs.Json is null ? null : OutputFile.Reserve(Outputs.Json);
        var markdown = Outputs.Markdown is null ? null : OutputFile.Reserve(Outputs.Markdown);
        var sheet = Outputs.Sheet is null ? null : OutputFile.ReservePicture(Outputs.Sheet);
        var device = EvaluationModel.ChooseDevice(DeviceName);
        using var checkpoints = OfflineCheckpoints.Open(DataFolder);
        using var metrics = await MetricSet.OpenAsync(Metrics, checkpoints, device, cancellationToken);
        using var model = await EvaluationModel.LoadAsync(Choice, checkpoints, device, cancellationToken);
        var profile = model.Pipeline.Profile;
        await output.WriteLineAsync($"{profile.Model} ({profile.ModelHash[..12]}) on {device}, words: {Options.TextSource.ToString().ToLowerInvariant()}");

        var evaluator = new Evaluator(new PictureRestorer(model, device), Options, TimeProvider.System, metrics.OfPictures);
        var report = new EvaluationReport(Items.Count);
        var lines = new List<string>();
        var rows = new EvaluationSheet();
        for (var index = 0; index < Items.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await evaluator.EvaluateAsync(Items[index], index, cancellationToken);
            metrics.AddToSet(result);
            await output.WriteLineAsync(report.Add(result));
            lines.Add(EvaluationReport.ToJson(result));
            if (sheet is not null)
                rows.Add(result);
        }

        report.OfSet = metrics.OfSet();
        sheet?.Write(stream => ImageEncoder.Encode(rows.Compose(), ImageFormats.FromPath(sheet.Path), stream));
        json?.Write(stream => WriteText(stream, string.Concat(lines.Select(line => line + '\n'))));
        markdown?.Write(stream => WriteText(stream, report.ToMarkdown()));
        foreach (var line in report.MoreLines)
            await output.WriteLineAsync(line);
        if (!report.HasReferences)
            return ExitCode.Done;
        await output.WriteLineAsync(report.InputLine);
        await output.WriteLineAsync(report.MeanLine);
        return ExitCode.Done;
    }

    private static void WriteText(Stream stream, string text)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(text);
    }
}
