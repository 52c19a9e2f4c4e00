using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Runs;

/// <summary>The part of a picture that a run may change: a rectangle or a mask. Nothing outside of it changes.</summary>
/// <param name="MaskHash">Content hash of a picture as large as the one to restore: white may change, black stays; or null.</param>
/// <param name="Box">The rectangle, or null.</param>
/// <param name="Feather">Width of the soft seam inside the region (pixels), 0..<see cref="MaxFeather"/>.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RestorationRegion")]
public sealed record RestorationRegion(
    [property: Id(0)] string? MaskHash = null,
    [property: Id(1)] RegionBox? Box = null,
    [property: Id(2)] int Feather = RestorationRegion.DefaultFeather)
{
    /// <summary>The width of the seam unless something else is asked for (pixels).</summary>
    public const int DefaultFeather = 16;

    /// <summary>The widest seam that is accepted (pixels).</summary>
    public const int MaxFeather = 1024;

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidRequestException">There is not exactly one of mask and rectangle, or a value is out of range.</exception>
    public void Validate()
    {
        if (MaskHash is null == Box is null)
            throw new InvalidRequestException($"A region has {(Box is null ? "neither a mask nor a box" : "a mask and a box")}; it is one of them.");
        if (Box is { Width: < 1 } or { Height: < 1 })
            throw new InvalidRequestException($"The region's box is {Box.Width} x {Box.Height} pixels; it has at least 1 x 1.");
        if (Feather is < 0 or > MaxFeather)
            throw new InvalidRequestException($"The region's feather is {Feather}; allowed are 0 to {MaxFeather} pixels.");
    }
}

/// <summary>A rectangle of a picture (pixels).</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, at least 1.</param>
/// <param name="Height">Height, at least 1.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RegionBox")]
public sealed record RegionBox([property: Id(0)] int X, [property: Id(1)] int Y, [property: Id(2)] int Width, [property: Id(3)] int Height);
