using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Metrics;

namespace Darkroom.Workbench.Evaluation;

/// <summary><c>niqe DIR -o FILE</c>: fits NIQE's model to undisturbed photographs; how the one that ships was made.</summary>
internal static class NiqeCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Hears what was fitted.</param>
    public static Command Create(TextWriter output)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of undisturbed photographs of at least 96 x 96 pixels, searched through." };
        var file = new Option<string>("--output", "-o") { Description = "File to write.", HelpName = "FILE", Required = true };
        var command = new Command("niqe", "Fits NIQE's model of undisturbed photographs.") { folder, file };
        command.SetAction(async (result, cancellationToken) =>
        {
            var decoder = new ImageDecoder(new ImagingOptions());
            var pictures = EvaluationSet.Clean(result.GetValue(folder)!);
            var model = NiqeModel.Fit(pictures.Select(item =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return decoder.Decode(File.ReadAllBytes(item.ReferencePath!));
            }).Where(picture => Math.Min(picture.Width, picture.Height) >= Niqe.MinSide));
            await File.WriteAllBytesAsync(result.GetValue(file)!, model, cancellationToken);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Wrote {result.GetValue(file)}, fitted to {pictures.Count} pictures."));
            return ExitCode.Done;
        });
        return command;
    }
}
