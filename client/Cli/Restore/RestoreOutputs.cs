using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;

namespace Darkroom.Cli.Restore;

/// <summary>The two files that a restoration writes.</summary>
/// <param name="Result">The restored picture.</param>
/// <param name="Sheet">Before and after, side by side.</param>
internal sealed record RestoreOutputs(OutputFile Result, OutputFile Sheet)
{
    /// <summary>Names and checks the files.</summary>
    /// <param name="photo">The photograph.</param>
    /// <param name="outputPath">What the user wants the result to be called, or null: <c>NAME.restored.EXT</c> beside the photograph.</param>
    /// <exception cref="InputException">One of them cannot be written; the message says why.</exception>
    public static RestoreOutputs Reserve(Photo photo, string? outputPath)
    {
        var folder = Path.GetDirectoryName(photo.Path)!;
        var result = OutputFile.ReservePicture(outputPath ?? Path.Combine(folder, $"{photo.Name}.restored{photo.Extension}"));
        if (result.Path == photo.Path)
            throw new InputException($"The output '{outputPath}' is the photograph itself; choose another name.");
        var name = outputPath is null ? photo.Name : Path.GetFileNameWithoutExtension(outputPath);
        var sheetFolder = outputPath is null ? folder : Path.GetDirectoryName(Path.GetFullPath(outputPath))!;
        var extension = ImageFormats.FromPath(result.Path) == ImageFormat.Jpeg ? ".jpg" : ".png";
        return new RestoreOutputs(result, OutputFile.Reserve(Path.Combine(sheetFolder, $"{name}.sheet{extension}")));
    }
}
