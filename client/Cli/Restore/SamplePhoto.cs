using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Samples;

namespace Darkroom.Cli.Restore;

/// <summary>A drawn scene that was spoiled, for those who have no photograph at hand.</summary>
internal static class SamplePhoto
{
    private const string Folder = "out";
    private const double Exposure = 0.06;
    private const double ShotNoise = 0.0004;
    private const double Sigma = 5;

    /// <summary>Draws a scene, takes its light, adds noise, and writes it as <c>out/sample.png</c>.</summary>
    /// <param name="seed">Another seed gives another scene and other noise.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The photograph, and the scene as it was drawn.</returns>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public static async Task<(Photo Photo, PlanarImage Truth)> DrawAsync(ulong seed, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The folder '{Path.GetFullPath(Folder)}' for the sample cannot be made: {error.Message}", error);
        }

        var file = OutputFile.ReservePicture(Path.Combine(Folder, "sample.png"));
        var number = (int)(seed % int.MaxValue);
        var truth = SampleScene.Draw(seed: number + 1);
        var dark = SampleDegradation.Darken(truth, Exposure, ShotNoise, number);
        var degraded = SampleDegradation.AddNoise(dark, Sigma, number);
        file.Write(stream => ImageEncoder.Encode(degraded, ImageFormat.Png, stream));
        return (await Photo.ReadAsync(file.Path, cancellationToken), truth);
    }
}
