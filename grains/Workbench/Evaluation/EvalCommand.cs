using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Evaluation;

/// <summary><c>./cluster eval</c>: restores pictures whose truth is known and measures how near the result comes.</summary>
internal static class EvalCommand
{
    private const double MaxSigma = 255;
    private const int MinSide = 11;   // the window of SSIM

    /// <summary>Makes the command.</summary>
    /// <param name="output">Receives the report.</param>
    public static Command Create(TextWriter output)
    {
        var folder = new Argument<string?>("DIR") { Description = "Folder of clean pictures, or one picture; noise of --sigma is added.", Arity = ArgumentArity.ZeroOrOne };
        var sigma = Numbers.Real("--sigma", 0, MaxSigma, "Standard deviation of the Gaussian noise that is added, in levels of 0..255; in float, neither clipped nor rounded.");
        var pairs = new Option<string[]>("--pairs")
        {
            Description = "Two folders (or pictures): degraded and reference, paired by name, else by order.",
            HelpName = "DEGRADED REFERENCE",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        var model = new Option<string?>("--model") { Description = "Checkpoint (safetensors); default: the one that ships.", HelpName = "FILE" };
        var describer = new Option<bool>("--describer") { Description = "Steer by what the model's describer sees (default)." };
        var trueText = new Option<bool>("--true-text") { Description = "Steer by the truth about the added noise." };
        var falseText = new Option<bool>("--false-text") { Description = "Steer by the opposite of the truth." };
        var text = new Option<string?>("--text") { Description = "Steer by these words.", HelpName = "TEXT" };
        var crop = Numbers.Whole("--crop", MinSide, int.MaxValue, "Evaluate only the middle N x N pixels.");
        var limit = Numbers.Whole("--limit", 1, int.MaxValue, "Evaluate only the first N pictures.");
        var seed = Numbers.Seed("Seed of the noise; default 0.");
        var luma = new Option<bool>("--luma") { Description = "Measure on Y of BT.601, as the deraining literature does, instead of all channels." };
        var device = new Option<string?>("--device") { Description = "cpu or cuda:N; default: the first CUDA device, or the CPU.", HelpName = "DEVICE" };
        var sheet = new Option<string?>("--sheet") { Description = "Picture file to write: degraded, restored and reference, a row a picture.", HelpName = "FILE" };
        var json = new Option<string?>("--json") { Description = "File to write: a line of JSON a picture.", HelpName = "FILE" };
        var command = new Command("eval", "Measures PSNR and SSIM of restored pictures. Last line: mean psnr=... ssim=... n=...")
        {
            folder, sigma, pairs, model, describer, trueText, falseText, text, crop, limit, seed, luma, device, sheet, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var source = ReadTextSource();
            var options = new EvaluationOptions(
                result.GetValue(sigma), result.GetValue(seed) ?? 0, source, result.GetValue(text) ?? string.Empty, result.GetValue(crop), result.GetValue(luma));
            var set = ReadSet(result.GetValue(folder), result.GetValue(pairs), options);
            var run = new EvaluationRun(
                [.. set.Take(result.GetValue(limit) ?? int.MaxValue)],
                options,
                result.GetValue(model) ?? ModelFile.Default(),
                result.GetValue(device),
                result.GetValue(sheet),
                result.GetValue(json));
            return run.RunAsync(output, cancellationToken);

            TextSource ReadTextSource()
            {
                var chosen = new (bool IsSet, TextSource Source)[]
                {
                    (result.GetValue(describer), TextSource.Describer),
                    (result.GetValue(trueText), TextSource.True),
                    (result.GetValue(falseText), TextSource.False),
                    (result.GetValue(text) is not null, TextSource.Given),
                }.Where(choice => choice.IsSet).Select(choice => choice.Source).ToList();
                return chosen.Count <= 1
                    ? chosen.FirstOrDefault()
                    : throw new InputException("Only one of --describer, --true-text, --false-text and --text can be given.");
            }
        });
        return command;
    }

    private static IReadOnlyList<EvaluationItem> ReadSet(string? folder, string[]? pairs, EvaluationOptions options)
    {
        if (pairs is [var degraded, var reference])
        {
            if (folder is not null || options.Sigma is not null)
                throw new InputException("--pairs brings its own pictures; DIR and --sigma cannot be given with it.");
            if (options.TextSource is TextSource.True or TextSource.False)
                throw new InputException("--true-text and --false-text need --sigma; say the truth about pairs with --text.");
            return EvaluationSet.Pairs(degraded, reference);
        }

        if (folder is null || options.Sigma is null)
            throw new InputException("What to evaluate is missing: give --sigma S DIR, or --pairs DEGRADED REFERENCE.");
        return EvaluationSet.Clean(folder);
    }
}
