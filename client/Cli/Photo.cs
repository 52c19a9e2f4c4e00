using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Headers;
using Darkroom.Imaging.Raw;

namespace Darkroom.Cli;

/// <summary>A picture file that the user named, read and looked at but not decoded.</summary>
/// <param name="Path">Full path; or that of standard input, <c>-</c>.</param>
/// <param name="File">The file's bytes.</param>
/// <param name="Header">What its head says; width and height are upright.</param>
internal sealed record Photo(string Path, byte[] File, ImageHeader Header)
{
    /// <summary>Gets the name without folder and extension.</summary>
    public string Name => IsPiped ? "photo" : System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Gets whether it came by standard input.</summary>
    public bool IsPiped => Path == Terminal.Pipe;

    /// <summary>Gets the extension for results: the file's own if it says what the file is, else that of its format.</summary>
    public string Extension => ImageFormats.TryFromPath(Path, out var format) && format == Header.Format
        ? System.IO.Path.GetExtension(Path)
        : ImageFormats.ExtensionOf(Header.Format);

    /// <summary>Reads a picture file; with a side file it is a stored Bayer mosaic, and goes on as DNG.</summary>
    /// <exception cref="InputException">A file cannot be read or used; the message says why.</exception>
    public static async Task<Photo> ReadAsync(string path, string? sidePath, CancellationToken cancellationToken)
    {
        var photo = await ReadAsync(path, cancellationToken);
        if (sidePath is null)
            return photo;
        try
        {
            var side = RawSideFile.Parse(await System.IO.File.ReadAllBytesAsync(sidePath, cancellationToken));
            var decoder = new ImageDecoder(new ImagingOptions());
            var file = DngWriter.Write(side.ToMosaic(decoder.Decode(photo.File)));
            return photo with { File = file, Header = decoder.Identify(file) };
        }
        catch (Exception error) when (error is InvalidImageException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}' with '{sidePath}': {error.Message}", error);
        }
    }

    /// <summary>Reads a picture file, so that a bad one is refused before anything is started.</summary>
    /// <exception cref="InputException">It cannot be read or is no picture; the message says why.</exception>
    public static async Task<Photo> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new InputException($"'{path}' is a folder; give one picture ({ImageFormats.Names}).");
        if (!System.IO.File.Exists(path))
            throw new InputException($"There is no file '{path}'; give a picture ({ImageFormats.Names}).");
        var limits = new ImagingOptions();
        try
        {
            var size = new FileInfo(path).Length;
            if (size > limits.MaxFileSizeBytes)
                throw new InputException($"'{path}' has {size} bytes; at most {limits.MaxFileSizeBytes} are allowed.");
            var file = await System.IO.File.ReadAllBytesAsync(path, cancellationToken);
            return new Photo(System.IO.Path.GetFullPath(path), file, new ImageDecoder(limits).Identify(file));
        }
        catch (InvalidImageException error)
        {
            throw new InputException($"'{path}': {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads a picture from standard input.</summary>
    /// <exception cref="InputException">It is no picture, or too large; the message says why.</exception>
    public static async Task<Photo> ReadPipeAsync(Stream input, CancellationToken cancellationToken)
    {
        var limits = new ImagingOptions();
        using var file = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            file.Write(buffer, 0, count);
            if (file.Length > limits.MaxFileSizeBytes)
                throw new InputException($"Standard input has more than {limits.MaxFileSizeBytes} bytes, which is the most that is allowed.");
        }

        try
        {
            return new Photo(Terminal.Pipe, file.ToArray(), new ImageDecoder(limits).Identify(file.ToArray()));
        }
        catch (InvalidImageException error)
        {
            throw new InputException($"Standard input: {error.Message}", error);
        }
    }
}
