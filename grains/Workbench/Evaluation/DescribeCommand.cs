using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation;

/// <summary><c>./cluster describe</c>: what a model's describer sees in pictures, as numbers.</summary>
internal static class DescribeCommand
{
    private const double MaxSigma = 255;
    private const double MaxStops = 10;
    private const double ToneExponent = 2.2;

    /// <summary>Makes the command.</summary>
    /// <param name="output">Receives a line a picture, and the counts.</param>
    public static Command Create(TextWriter output)
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of pictures, or one picture." };
        var sigma = Numbers.Real("--sigma", 0, MaxSigma, "Add Gaussian noise of this standard deviation first, in levels of 0..255; neither clipped nor rounded.");
        var stops = Numbers.Real("--darken", 0, MaxStops, "Take away this much light first, in stops.");
        var seed = Numbers.Seed("Seed of the noise; default 0.");
        var model = new Option<string?>("--model") { Description = "Checkpoint (safetensors); default: the one that ships.", HelpName = "FILE" };
        var command = new Command("describe", "Says what the describer sees. Last line: describer noisy=... rainy=... dark=... nothing_wrong=... n=...")
        {
            folder, sigma, stops, seed, model,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var path = result.GetValue(model) ?? ModelFile.Default();
            if (!File.Exists(path))
                throw new InputException($"There is no checkpoint '{path}'; give one with --model, or train one with './cluster train llmra'.");
            using var loaded = PipelineLoader.Load(path, CPU);
            if (loaded.Describer is null)
                throw new InputException($"The model in '{path}' has no describer.");
            var restorer = new PictureRestorer(loaded, CPU);
            var decoder = new ImageDecoder(new ImagingOptions());
            var seen = new List<ImageDescription>();
            foreach (var item in EvaluationSet.Clean(result.GetValue(folder)!))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var picture = await decoder.DecodeFileAsync(item.ReferencePath!, cancellationToken);
                Darken(picture, result.GetValue(stops) ?? 0);
                if (result.GetValue(sigma) is { } level)
                    picture = GaussianNoise.Add(picture, level, result.GetValue(seed) ?? 0, seen.Count);
                var description = restorer.Describe(picture)!;
                seen.Add(description);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{item.Name}  noise {description.NoiseSigma:F1}  rain {description.RainProbability:F2}  dark {description.DarknessProbability:F2}  {description.Text}"));
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"describer noisy={Count(one => one.Noise != DegradationSentences.Noise(0))} rainy={Count(one => one.Rain != DegradationSentences.Rain(false))} " +
                $"dark={Count(one => one.Lighting != DegradationSentences.Lighting(false))} nothing_wrong={Count(one => one.Text == DegradationSentences.NothingWrong)} n={seen.Count}"));
            return ExitCode.Done;

            int Count(Func<ImageDescription, bool> predicate) => seen.Count(predicate);
        });
        return command;
    }

    // With a power law as tone curve, light is a factor on the sRGB values.
    private static void Darken(PlanarImage picture, double stops)
    {
        if (stops == 0)
            return;
        var factor = (float)Math.Pow(2, -stops / ToneExponent);
        foreach (ref var value in picture.Pixels.AsSpan())
            value *= factor;
    }
}
