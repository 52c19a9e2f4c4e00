using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Imaging;

namespace Darkroom.Cli.Restore;

/// <summary>Where a restoration is written.</summary>
/// <param name="Result">The file of the restored picture, or null: it goes to standard output.</param>
/// <param name="Sheet">Before and after, side by side; null where the result goes to standard output.</param>
/// <param name="Format">The restored picture's format.</param>
internal sealed record RestoreOutputs(OutputFile? Result, OutputFile? Sheet, ImageFormat Format)
{
    /// <summary>Names and checks the files.</summary>
    /// <param name="photo">The photograph.</param>
    /// <param name="outputPath">What the user wants the result to be called; <c>-</c> is standard output; or null: <c>NAME.restored.EXT</c> beside the photograph, and standard output for one that came by standard input.</param>
    /// <param name="format">The format on standard output, or null for the photograph's.</param>
    /// <exception cref="InputException">One of them cannot be written; the message says why.</exception>
    public static RestoreOutputs Reserve(Photo photo, string? outputPath, ImageFormat? format = null)
    {
        if (outputPath == Terminal.Pipe || (outputPath is null && photo.IsPiped))
            return new RestoreOutputs(null, null, format ?? ImageFormats.FromPath($"photo{photo.Extension}"));
        if (format is not null)
            throw new InputException("--format is for standard output ('-o -'); a file's extension says its format.");
        var folder = photo.IsPiped ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(photo.Path)!;
        var result = OutputFile.ReservePicture(outputPath ?? Path.Combine(folder, $"{photo.Name}.restored{photo.Extension}"));
        if (result.Path == photo.Path)
            throw new InputException($"The output '{outputPath}' is the photograph itself; choose another name.");
        var name = outputPath is null ? photo.Name : Path.GetFileNameWithoutExtension(outputPath);
        var sheetFolder = outputPath is null ? folder : Path.GetDirectoryName(Path.GetFullPath(outputPath))!;
        var extension = ImageFormats.FromPath(result.Path) == ImageFormat.Jpeg ? ".jpg" : ".png";
        return new RestoreOutputs(result, OutputFile.Reserve(Path.Combine(sheetFolder, $"{name}.sheet{extension}")), ImageFormats.FromPath(result.Path));
    }
}
