namespace Darkroom.Imaging.Tiles;

/// <summary>One tile of a plan; it may reach beyond the picture where the picture is smaller than a tile.</summary>
/// <param name="Index">Position in the plan, row by row from 0.</param>
/// <param name="Column">Column of the grid, from 0.</param>
/// <param name="Row">Row of the grid, from 0.</param>
/// <param name="X">Left edge (pixels).</param>
/// <param name="Y">Top edge (pixels).</param>
/// <param name="Width">Width (pixels), the same for all tiles of a plan.</param>
/// <param name="Height">Height (pixels), the same for all tiles of a plan.</param>
public readonly record struct TileRectangle(int Index, int Column, int Row, int X, int Y, int Width, int Height);
