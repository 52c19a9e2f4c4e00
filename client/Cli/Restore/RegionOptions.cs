using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Restore;

/// <summary>The options that limit what may change.</summary>
internal static class RegionOptions
{
    /// <summary>Makes the option for a mask.</summary>
    public static Option<string?> Mask() => new("--mask") { Description = "Picture as large as the photograph: only what is white in it changes.", HelpName = "FILE" };

    /// <summary>Makes the option for a rectangle.</summary>
    public static Option<string?> Box() => new("--box") { Description = "Only this rectangle changes: left, top, width, height in pixels.", HelpName = "X,Y,W,H" };

    /// <summary>Makes the option for the seam.</summary>
    public static Option<int?> Feather() =>
        Numbers.Whole("--feather", 0, RestorationRegion.MaxFeather, $"Width in pixels of the soft seam inside the mask or box. Default {RestorationRegion.DefaultFeather}.");
}
