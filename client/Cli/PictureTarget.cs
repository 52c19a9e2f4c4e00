using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Imaging;

namespace Darkroom.Cli;

/// <summary>Where a picture is written.</summary>
/// <param name="File">The file, or null: standard output.</param>
/// <param name="Format">The format.</param>
internal sealed record PictureTarget(OutputFile? File, ImageFormat Format)
{
    /// <summary>Checks that a picture can be written there.</summary>
    /// <param name="path">The file, or <c>-</c> for standard output.</param>
    /// <param name="format">The format on standard output, or null for PNG.</param>
    /// <param name="isJson">Whether standard output is for answers to programs.</param>
    /// <param name="terminal">The terminal.</param>
    /// <exception cref="InputException">It cannot; the message says why.</exception>
    public static PictureTarget Reserve(string path, ImageFormat? format, bool isJson, Terminal terminal)
    {
        if (path == Terminal.Pipe)
        {
            RequirePipe(terminal, isJson);
            return new PictureTarget(null, format ?? ImageFormat.Png);
        }

        return format is null
            ? new PictureTarget(OutputFile.ReservePicture(path), ImageFormats.FromPath(path))
            : throw new InputException("--format is for standard output ('-o -'); a file's extension says its format.");
    }

    /// <summary>Refuses to write a picture where its bytes would be in the way.</summary>
    /// <exception cref="InputException">They would.</exception>
    public static void RequirePipe(Terminal terminal, bool isJson)
    {
        if (isJson)
            throw new InputException("--json answers on standard output, where the picture goes; give another place for it with -o FILE.");
        if (terminal.IsOutputInteractive)
            throw new InputException("Standard output is this terminal, and no place for a picture; give -o FILE, or send it on with '>' or '|'.");
    }

    /// <summary>Writes the picture.</summary>
    public async Task WriteAsync(byte[] file, CancellationToken cancellationToken)
    {
        if (File is not null)
        {
            File.Write(stream => stream.Write(file));
            return;
        }

        await using var output = Terminal.OpenOutput();
        await output.WriteAsync(file, cancellationToken);
    }
}
