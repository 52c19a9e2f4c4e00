using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Evaluation;

/// <summary><c>./cluster eval</c>: restores pictures whose truth is known and measures how near the result comes.</summary>
internal static class EvalCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Receives the report.</param>
    public static Command Create(TextWriter output)
    {
        var pictures = new PictureOptions();
        var model = new ModelOptions();
        var words = new WordOptions();
        var measures = new MeasureOptions();
        var suite = new SuiteOptions();
        var command = new Command("eval", "Measures restored pictures. Last line: mean psnr=... ssim=... n=...");
        pictures.AddTo(command);
        model.AddTo(command);
        words.AddTo(command);
        measures.AddTo(command);
        suite.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            if (suite.IsWanted(result))
                return suite.Read(result, pictures, model, measures).RunAsync(output, cancellationToken);
            var set = pictures.ReadSet(result);
            var options = new EvaluationOptions(pictures.ReadAdded(result), words.ReadSource(result), words.ReadText(result), pictures.ReadCrop(result), measures.ReadLuma(result))
            {
                Seed = pictures.ReadSeed(result),
                Settings = model.ReadSettings(result, pictures.ReadSeed(result)),
            };
            if (options.TextSource is TextSource.True or TextSource.False && options.Added is null or { NightRatio: > 0 })
                throw new InputException("--true-text and --false-text need --sigma, --rain or --stops; say the truth about other pictures with --text.");
            var run = new EvaluationRun(
                set, options, model.ReadChoice(result), model.ReadDataFolder(result), model.ReadDevice(result),
                measures.ReadMetrics(result, set.Any(item => item.ReferencePath is null)), measures.ReadOutputs(result));
            return run.RunAsync(output, cancellationToken);
        });
        return command;
    }
}
