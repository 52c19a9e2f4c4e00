using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation;

/// <summary>One call of <c>eval</c>: loads the model, goes through the pictures and writes what was asked for.</summary>
/// <param name="Items">The pictures.</param>
/// <param name="Options">What is added and said.</param>
/// <param name="ModelPath">The checkpoint.</param>
/// <param name="DeviceName">Where to compute, or null for the first CUDA device or the CPU.</param>
/// <param name="SheetPath">Where the pictures go, or null.</param>
/// <param name="JsonPath">Where the lines of JSON go, or null.</param>
internal sealed record EvaluationRun(
    IReadOnlyList<EvaluationItem> Items, EvaluationOptions Options, string ModelPath, string? DeviceName, string? SheetPath, string? JsonPath)
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var json = JsonPath is null ? null : OutputFile.Reserve(JsonPath);
        var sheet = SheetPath is null ? null : OutputFile.ReservePicture(SheetPath);
        if (!File.Exists(ModelPath))
            throw new InputException($"There is no checkpoint '{ModelPath}'; give one with --model, or train one with './cluster train llmra'.");
        var device = ChooseDevice();
        using var model = PipelineLoader.Load(ModelPath, device);
        var evaluator = new Evaluator(new PictureRestorer(model, device), Options, TimeProvider.System);
        var report = new EvaluationReport(Items.Count);
        var lines = new List<string>();
        var rows = new EvaluationSheet();
        var profile = model.Pipeline.Profile;
        await output.WriteLineAsync($"{profile.Model} ({profile.ModelHash[..12]}) on {device}, words: {Options.TextSource.ToString().ToLowerInvariant()}");
        for (var index = 0; index < Items.Count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = await evaluator.EvaluateAsync(Items[index], index, cancellationToken);
            await output.WriteLineAsync(report.Add(result));
            lines.Add(EvaluationReport.ToJson(result));
            if (sheet is not null)
                rows.Add(result);
        }

        sheet?.Write(stream => ImageEncoder.Encode(rows.Compose(), ImageFormats.FromPath(sheet.Path), stream));

        json?.Write(stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            lines.ForEach(writer.WriteLine);
        });
        await output.WriteLineAsync(report.InputLine);
        await output.WriteLineAsync(report.MeanLine);
        return ExitCode.Done;
    }

    private Device ChooseDevice()
    {
        var name = DeviceName ?? (cuda.is_available() ? "cuda:0" : "cpu");
        if (name is "cpu")
            return CPU;
        if (!name.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(name["cuda:".Length..], out var index) || index < 0 || index >= cuda.device_count())
            throw new InputException($"There is no device '{name}'; allowed are cpu and cuda:N below {cuda.device_count()}.");
        return new Device(name);
    }
}
