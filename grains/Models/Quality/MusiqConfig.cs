using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Quality;

/// <summary>Sizes of MUSIQ.</summary>
/// <param name="Width">Width of the tokens.</param>
/// <param name="HiddenWidth">Width inside the feed-forward layers.</param>
/// <param name="Heads">Heads of the attention.</param>
/// <param name="LayerCount">Number of layers.</param>
/// <param name="ScaleCount">Number of sizes in which a picture is looked at.</param>
/// <param name="GridSide">Side of the grid of positions.</param>
/// <param name="ClassCount">1 for a score, more for the distribution of scores 1, 2, ...</param>
public sealed record MusiqConfig(int Width, int HiddenWidth, int Heads, int LayerCount, int ScaleCount, int GridSide, int ClassCount)
{
    /// <summary>Gets the width of a head in the published networks.</summary>
    public const int HeadWidth = 64;

    private const int MaxLayers = 64;

    /// <summary>Refuses sizes that do not fit each other.</summary>
    /// <exception cref="InvalidCheckpointException">They do not.</exception>
    public void Require()
    {
        if (Width < 1 || HiddenWidth < 1 || Heads < 1 || Width % Heads != 0)
            throw new InvalidCheckpointException($"MUSIQ: {Heads} heads do not share {Width} channels, which must be a multiple of them.");
        if (LayerCount is < 1 or > MaxLayers || ScaleCount != MusiqPatches.ScaleCount || GridSide < 1 || ClassCount < 1)
            throw new InvalidCheckpointException($"MUSIQ: {LayerCount} layers, {ScaleCount} sizes, a grid of {GridSide} and {ClassCount} classes; allowed are 1 to {MaxLayers} layers, {MusiqPatches.ScaleCount} sizes, and a grid and classes of 1 or more.");
    }
}
