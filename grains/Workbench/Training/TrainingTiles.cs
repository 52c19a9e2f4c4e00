using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;

namespace Darkroom.Workbench.Training;

/// <summary>Collects the clean pictures of a training.</summary>
internal static class TrainingTiles
{
    private const int SmallestDrawn = 512;

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"];

    /// <summary>Draws scenes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="minSide">Smallest side (pixels).</param>
    /// <param name="seed">Equal seeds give equal scenes.</param>
    public static IEnumerable<TrainingTile> Draw(int count, int minSide, int seed) => Enumerable.Range(0, count).Select(index =>
    {
        var size = Math.Max(SmallestDrawn, minSide);
        return new TrainingTile(DrawnScenes.Draw(size, unchecked((seed * 1000) + index)), size, size, CompactLlmraCheckpoint.OverviewSize);
    });

    /// <summary>Reads the photographs of a folder; what cannot be used is named and passed over.</summary>
    /// <param name="folder">The folder, searched through.</param>
    /// <param name="minSide">Smallest side (pixels).</param>
    /// <param name="warn">Told of each picture that is passed over.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<TrainingTile> Read(DirectoryInfo folder, int minSide, Action<FormattableString> warn)
    {
        if (!folder.Exists)
            throw new DirectoryNotFoundException($"The data folder '{folder.FullName}' does not exist.");
        var decoder = new ImageDecoder(new ImagingOptions());
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            if (!Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
                continue;
            PlanarImage image;
            try
            {
                image = decoder.Decode(File.ReadAllBytes(file.FullName));
            }
            catch (InvalidImageException error)
            {
                warn($"Passed over {file.Name}: {error.Message}");
                continue;
            }

            if (Math.Min(image.Width, image.Height) < minSide)
            {
                warn($"Passed over {file.Name}: {image.Width} x {image.Height} is smaller than a patch of {minSide}.");
                continue;
            }

            var values = image.ReadTile(0, 0, image.Width, image.Height);
            var bytes = Array.ConvertAll(values, value => (byte)Math.Clamp(value * 255 + 0.5f, 0, 255));
            yield return new TrainingTile(bytes, image.Height, image.Width, CompactLlmraCheckpoint.OverviewSize);
        }
    }
}
