using System.CommandLine;
using Darkroom.Imaging;

namespace Darkroom.Cli;

/// <summary>The option for a picture's format where no file name says it.</summary>
internal static class FormatOption
{
    private static readonly string[] Names = ["jpg", "png", "webp", "tiff"];

    /// <summary>Makes the option.</summary>
    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--format") { Description = description, HelpName = string.Join('|', Names) };
        option.AcceptOnlyFromAmong(Names);
        return option;
    }

    /// <summary>Reads its value.</summary>
    /// <param name="name">The value, or null.</param>
    public static ImageFormat? Read(string? name) => name is null ? null : ImageFormats.FromPath($"picture.{name}");
}
