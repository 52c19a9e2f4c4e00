using System.Diagnostics;
using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Grains.Checkpoints;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Darkroom.Workbench.Evaluation.Metrics;

namespace Darkroom.Workbench.Evaluation.Suite;

/// <summary>One call of <c>eval --suite</c>: every set with the same model, a report and a sheet of pictures a set.</summary>
/// <param name="Sets">The sets.</param>
/// <param name="Folder">Where their pictures are.</param>
/// <param name="SheetFolder">Where the sheets go.</param>
/// <param name="ReportPath">Where the report goes.</param>
/// <param name="Choice">The model.</param>
/// <param name="Settings">The runs' settings.</param>
/// <param name="DataFolder">Where imported checkpoints are, or null for the default.</param>
/// <param name="DeviceName">Where to compute, or null for the default.</param>
/// <param name="Metrics">What is measured beside PSNR and SSIM.</param>
/// <param name="Limit">How many pictures of each set are taken.</param>
internal sealed record SuiteRun(
    IReadOnlyList<SuiteSet> Sets, string Folder, string SheetFolder, string ReportPath, ModelChoice Choice, RunSettings Settings,
    string? DataFolder, string? DeviceName, IReadOnlyList<string> Metrics, int Limit)
{
    private const string LoadFile = "/proc/loadavg";
    private const string SheetExtension = ".jpg";
    private const int TimedSide = 512;
    private const int TimedRuns = 5;

    /// <summary>Gets the command, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code; a missed floor is a result, not a failure.</returns>
    /// <exception cref="InputException">Pictures are missing.</exception>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        RequireFolders();
        Directory.CreateDirectory(SheetFolder);
        var reportFile = OutputFile.Reserve(ReportPath);
        var device = EvaluationModel.ChooseDevice(DeviceName);
        using var checkpoints = OfflineCheckpoints.Open(DataFolder);
        using var model = await EvaluationModel.LoadAsync(Choice, checkpoints, device, cancellationToken);
        var profile = model.Pipeline.Profile;
        var restorer = new PictureRestorer(model, device);
        double? load = File.Exists(LoadFile) ? double.Parse((await File.ReadAllTextAsync(LoadFile, cancellationToken)).Split(' ')[0], CultureInfo.InvariantCulture) : null;
        var report = new SuiteReport($"{profile.Model} ({profile.ModelHash[..12]}) on {device}", Command, TimeProvider.System.GetUtcNow(), load);
        foreach (var set in Sets)
        {
            await output.WriteLineAsync($"{set.Name}:");
            using var metrics = await MetricSet.OpenAsync(set.HasReferences ? Metrics : [.. Metrics.Intersect(MetricSet.WithoutReference)], checkpoints, device, cancellationToken);
            report.Rows.Add(await EvaluateAsync(set, set.Options, restorer, metrics, output, cancellationToken));
        }

        report.Words = await CompareWordsAsync(restorer, output, cancellationToken);
        report.Seconds = Time(restorer, cancellationToken);
        var text = report.ToMarkdown();
        reportFile.Write(stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write(text);
        });
        await output.WriteAsync(text);
        await output.WriteLineAsync($"Written to {reportFile.Path}; pictures: {SheetFolder}.");
        return ExitCode.Done;
    }

    private void RequireFolders()
    {
        var missing = Sets.Append(SuiteSet.Words).SelectMany(set => set.Folders).Distinct(StringComparer.Ordinal).Where(folder => !Directory.Exists(Path.Combine(Folder, folder))).ToList();
        if (missing.Count > 0)
            throw new InputException($"'{Folder}' lacks what the suite measures: {string.Join(", ", missing)}. Give the folder that has them with --images.");
    }

    private async Task<SuiteRow> EvaluateAsync(
        SuiteSet set, EvaluationOptions options, PictureRestorer restorer, MetricSet? metrics, TextWriter output, CancellationToken cancellationToken)
    {
        var items = set.Find(Folder).Take(Limit).ToList();
        var evaluator = new Evaluator(restorer, options with { Settings = Settings, Seed = Settings.Seed }, TimeProvider.System, metrics?.OfPictures);
        var report = new EvaluationReport(items.Count);
        var sheet = new EvaluationSheet();
        for (var index = 0; index < items.Count; index++)
        {
            var result = await evaluator.EvaluateAsync(items[index], index, cancellationToken);
            metrics?.AddToSet(result);
            await output.WriteLineAsync(report.Add(result));
            sheet.Add(result);
        }

        report.OfSet = metrics?.OfSet() ?? [];
        if (metrics is not null)
        {
            var name = string.Concat(set.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')) + SheetExtension;
            OutputFile.Reserve(Path.Combine(SheetFolder, name)).Write(stream => ImageEncoder.Encode(sheet.Compose(), ImageFormat.Jpeg, stream));
        }

        return new SuiteRow(set.Name, set.What, items.Count, report.Input, report.Output, [.. report.More.Select(metric => metric.Value)], report.Seconds, set.Floor);
    }

    private async Task<SuiteWords> CompareWordsAsync(PictureRestorer restorer, TextWriter output, CancellationToken cancellationToken)
    {
        var psnr = new List<double>();
        foreach (var source in (TextSource[])[TextSource.True, TextSource.False])
        {
            await output.WriteLineAsync($"{SuiteSet.Words.Name}, {source.ToString().ToLowerInvariant()} words:");
            var row = await EvaluateAsync(SuiteSet.Words, SuiteSet.Words.Options with { TextSource = source }, restorer, null, output, cancellationToken);
            psnr.Add(row.Output!.Psnr);
        }

        return new SuiteWords(psnr[0], psnr[1]);
    }

    private double Time(PictureRestorer restorer, CancellationToken cancellationToken)
    {
        var picture = SampleScene.Draw(TimedSide, TimedSide);
        var words = new Instruction(InstructionKind.Restore, $"{DegradationSentences.Lighting(false)} {DegradationSentences.Rain(false)} {DegradationSentences.Noise(25)}");
        var seconds = new List<double>();
        for (var i = 0; i <= TimedRuns; i++)
        {
            var start = Stopwatch.GetTimestamp();
            restorer.Restore(picture, words, Settings, cancellationToken);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds.Skip(1).Order().ElementAt(TimedRuns / 2);                // the first one warms up
    }
}
