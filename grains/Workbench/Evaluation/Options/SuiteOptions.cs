using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Workbench.Evaluation.Suite;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Options for evaluating every set of a suite at once.</summary>
internal sealed class SuiteOptions
{
    private const string Dev = "dev";
    private const string SolutionName = "Cluster.sln";
    private const string SheetFolder = "out/quality";
    private const string ReportName = "quality.md";

    private readonly Option<string?> suite = MakeSuite();
    private readonly Option<string?> images = new("--images") { Description = "Folder of the suite's sets. Default: shared/images/dev beside the repository.", HelpName = "FOLDER" };
    private readonly Option<string?> output = new("--output") { Description = $"Folder for the suite's sheets of pictures. Default: {SheetFolder} of the repository.", HelpName = "FOLDER" };
    private readonly Option<string?> report = new("--report") { Description = $"File for the suite's report. Default: docs/{ReportName} of the repository for the model that ships, else {ReportName} beside the sheets.", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[suite, images, output, report])
            command.Add(option);
    }

    /// <summary>Whether a suite was asked for.</summary>
    public bool IsWanted(ParseResult result) => result.GetValue(suite) is not null;

    /// <summary>Makes the run.</summary>
    /// <param name="result">What was said.</param>
    /// <param name="pictures">Options that choose pictures; none of them may be set, but for seed and limit.</param>
    /// <param name="model">Options that say what restores.</param>
    /// <param name="measures">Options that say what is measured.</param>
    /// <exception cref="InputException">An option was given that chooses other pictures.</exception>
    public SuiteRun Read(ParseResult result, PictureOptions pictures, ModelOptions model, MeasureOptions measures)
    {
        if (pictures.IsGiven(result))
            throw new InputException("--suite brings its own pictures and what is added to them; leave DIR, --sigma, --rain, --stops, --night, --pairs, --no-reference and --crop out.");
        if (measures.ReadOutputs(result) != new EvaluationOutputs() || measures.ReadLuma(result))
            throw new InputException("--suite writes its own report and sheets (--report, --output); leave --sheet, --json, --markdown and --luma out.");
        var root = FindRoot();
        var choice = model.ReadChoice(result);
        var sheets = Path.GetFullPath(result.GetValue(output) ?? Path.Combine(root, SheetFolder));
        var isShipped = choice == new ModelChoice() && result.GetValue(output) is null && pictures.ReadLimit(result) is null;
        return new SuiteRun(
            SuiteSet.Dev,
            Path.GetFullPath(result.GetValue(images) ?? Path.Combine(root, "..", "shared", "images", Dev)),
            sheets,
            result.GetValue(report) ?? (isShipped ? Path.Combine(root, "docs", ReportName) : Path.Combine(sheets, ReportName)),
            choice,
            model.ReadSettings(result, pictures.ReadSeed(result)),
            model.ReadDataFolder(result),
            model.ReadDevice(result),
            measures.ReadSuiteMetrics(result),
            pictures.ReadLimit(result) ?? int.MaxValue)
        {
            Command = $"./cluster {string.Join(' ', result.Tokens.Select(token => token.Value))}",
        };
    }

    private static Option<string?> MakeSuite()
    {
        var option = new Option<string?>("--suite") { Description = "Evaluate every set of a suite and write a report: dev.", HelpName = "NAME" };
        option.AcceptOnlyFromAmong(Dev);
        return option;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, SolutionName)))
                return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
