using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.Output;
using Darkroom.Client;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Restore;

/// <summary>What <c>restore</c> tells of its work.</summary>
/// <param name="Photo">The photograph.</param>
/// <param name="Seen">The describer's sentences, or null.</param>
/// <param name="Message">What the session was told.</param>
/// <param name="Answer">What the assistant said.</param>
/// <param name="VersionId">The version that the run filled.</param>
/// <param name="Run">How the run ended.</param>
/// <param name="Settings">The settings of the run.</param>
/// <param name="Iteration">The rounds.</param>
/// <param name="Outputs">The files that were written.</param>
/// <param name="ResultBytes">Length of the result's file.</param>
/// <param name="Psnr">PSNR before and after (dB), where the truth is known.</param>
/// <param name="Elapsed">Time since the command began.</param>
internal sealed record RestoreReport(
    Photo Photo,
    string? Seen,
    string Message,
    string Answer,
    string VersionId,
    RunStatus Run,
    RestorationSettings Settings,
    IterativeRestoration Iteration,
    RestoreOutputs Outputs,
    long ResultBytes,
    (double Before, double After)? Psnr,
    TimeSpan Elapsed)
{
    private const int HashLength = 12;

    /// <summary>Writes the report for people.</summary>
    public void Write(TextWriter writer)
    {
        var size = string.Create(CultureInfo.InvariantCulture, $"{Photo.Header.Width} x {Photo.Header.Height}");
        Line("photo", $"{(Photo.IsPiped ? "standard input" : Relative(Photo.Path))}, {size}, {Bytes(Photo.File.Length)}");
        Line("saw", Seen ?? "the model has no describer");
        Line("did", string.Create(
            CultureInfo.InvariantCulture,
            $"{Message}, {Run.Model} ({Hash}), version {VersionId}, {Run.Tiles} {(Run.Tiles == 1 ? "tile" : "tiles")}, strength {Settings.Strength}, seed {Settings.Seed}"));
        if (Run.Route is { } route)
            Line("chose", $"{route.Pipeline}: {route.Reason}");
        foreach (var (number, instruction) in Iteration.Instructions.Index().Skip(1))
            Line("round", string.Create(CultureInfo.InvariantCulture, $"{number + 1}: {instruction}"));
        if (Iteration.Ending is { } ending)
            Line("round", ending);
        if (RunResult.Meant(Run, Iteration.Instructions[^1]) is { } meant)
            Line("meant", meant);
        Line("said", Answer);
        if (Psnr is var (before, after))
            Line("psnr", string.Create(CultureInfo.InvariantCulture, $"{before:F2} dB before, {after:F2} dB after"));
        Line("took", string.Create(CultureInfo.InvariantCulture, $"{Run.Elapsed.TotalSeconds:F2} s, {Elapsed.TotalSeconds:F2} s with start-up and files"));
        Line("wrote", $"{(Outputs.Result is { } result ? Relative(result.Path) : "standard output")}, {size}, {Bytes(ResultBytes)}");
        if (Outputs.Sheet is { } sheet)
            Line(string.Empty, $"{Relative(sheet.Path)}, before and after");

        void Line(string name, string text) => writer.WriteLine(PlainText.Of($"{name,-6} {text}"));
    }

    /// <summary>Writes the report for programs, as one line.</summary>
    public void WriteJson(TextWriter writer) => JsonLine.Write(
        writer,
        new
        {
            photo = Photo.Path,
            width = Photo.Header.Width,
            height = Photo.Header.Height,
            saw = Seen,
            message = Message,
            answer = Answer,
            instruction = Run.Instruction,
            version = VersionId,
            run = JsonLine.ShortId(Run.RunId),
            model = Run.Model,
            modelHash = Run.ModelHash,
            pipeline = Run.Route?.Pipeline,
            reason = Run.Route?.Reason,
            rounds = Iteration.Instructions,
            isSettled = Iteration.IsSettled,
            tiles = Run.Tiles,
            strength = Settings.Strength,
            seed = Settings.Seed,
            psnrBefore = Psnr?.Before,
            psnrAfter = Psnr?.After,
            runSeconds = Run.Elapsed.TotalSeconds,
            seconds = Elapsed.TotalSeconds,
            output = Outputs.Result?.Path,
            outputBytes = ResultBytes,
            sheet = Outputs.Sheet?.Path,
        });

    private string Hash => Run.ModelHash is { Length: > HashLength } hash ? hash[..HashLength] : Run.ModelHash ?? "no hash";

    private static string Relative(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string Bytes(long count) => count < 1_000
        ? string.Create(CultureInfo.InvariantCulture, $"{count} bytes")
        : count < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e3:F0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F1} MB");
}
