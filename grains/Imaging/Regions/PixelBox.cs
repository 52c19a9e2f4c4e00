namespace Darkroom.Imaging.Regions;

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">Left edge (pixels).</param>
/// <param name="Y">Top edge (pixels).</param>
/// <param name="Width">Width (pixels).</param>
/// <param name="Height">Height (pixels).</param>
public readonly record struct PixelBox(int X, int Y, int Width, int Height);
