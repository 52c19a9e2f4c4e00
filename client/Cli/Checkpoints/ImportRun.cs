using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints;
using TorchSharp;

namespace Darkroom.Cli.Checkpoints;

/// <summary>One call of <c>checkpoint import</c>.</summary>
internal sealed class ImportRun(CheckpointImport import, Terminal terminal, bool isJson)
{
    /// <summary>Gets the element types by the names of the option <c>--dtype</c>.</summary>
    public static IReadOnlyDictionary<string, torch.ScalarType> Types { get; } = new Dictionary<string, torch.ScalarType>
    {
        ["fp32"] = torch.ScalarType.Float32,
        ["fp16"] = torch.ScalarType.Float16,
        ["bf16"] = torch.ScalarType.BFloat16,
    };

    /// <summary>The element type of a name; null of none.</summary>
    public static torch.ScalarType? TypeOf(string? name) => name is null ? null : Types[name];

    /// <summary>Imports and reports.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string? dataFolder, CancellationToken cancellationToken)
    {
        using var library = CheckpointLibrary.Open(dataFolder);
        var importer = new CheckpointImporter(library.Store, TimeProvider.System);
        try
        {
            var (manifest, skipped) = await ProgressView.RunAsync(terminal, view => importer.ImportAsync(
                import, new ViewProgress<ImportProgress>(progress => view.Show(progress.Fraction, progress.Activity)), cancellationToken));
            CheckpointReport.Show(manifest, terminal.Out, isJson);
            foreach (var line in skipped)
                (isJson ? terminal.Error : terminal.Out).WriteLine($"left out  {line}");
            return ExitCode.Done;
        }
        catch (InvalidCheckpointException error) when (error.Details.Count > CheckpointDifference.MaxNamesListed)
        {
            var log = LogFile.OfProcess.Write($"{error.Message}\n{string.Join('\n', error.Details)}");
            throw new InputException($"{error.Message} All {error.Details.Count} differences: {log}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{import.Path}' cannot be read: {error.Message}", error);
        }
    }
}
