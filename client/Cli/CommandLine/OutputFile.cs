using Darkroom.Imaging;

namespace Darkroom.Cli.CommandLine;

/// <summary>A file that a command will write: checked before the work begins, and there whole or not at all.</summary>
internal sealed class OutputFile
{
    private OutputFile(string path) => Path = path;

    /// <summary>Gets the full path.</summary>
    public string Path { get; }

    /// <summary>Checks that a file can be written; nothing is left behind.</summary>
    /// <param name="path">The path; a file of that name is going to be replaced.</param>
    /// <exception cref="InputException">It cannot be written; the message says why.</exception>
    public static OutputFile Reserve(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new InputException("The name of the output is empty; give a file name.");
        var full = FollowLink(System.IO.Path.GetFullPath(path));
        if (Directory.Exists(full))
            throw new InputException($"The output '{path}' is a folder; give a file name.");
        var folder = System.IO.Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
            throw new InputException($"The output '{path}' cannot be written: there is no folder '{folder}'; make it first.");
        if (File.Exists(full) && File.GetAttributes(full).HasFlag(FileAttributes.ReadOnly))
            throw new InputException($"The output '{path}' cannot be written: a file of that name is there and is read-only.");
        var file = new OutputFile(full);
        file.Guard(part => File.Create(part).Dispose(), part => File.Delete(part));
        return file;
    }

    /// <summary>As <see cref="Reserve"/>, for a picture: the extension must be one that is written.</summary>
    /// <exception cref="InputException">It cannot be written; the message says why.</exception>
    public static OutputFile ReservePicture(string path) => ImageFormats.TryFromPath(path, out _) || Directory.Exists(path)
        ? Reserve(path)
        : throw new InputException($"The output '{path}' has no extension of a picture format; allowed are {string.Join(", ", ImageFormats.Extensions)}.");

    /// <summary>Writes the file: first under another name, then it takes its place at once.</summary>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="InputException">It cannot be written any more, such as when the disk is full.</exception>
    public void Write(Action<Stream> write) => Guard(
        part =>
        {
            using var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            write(stream);
            stream.Flush(flushToDisk: true);
        },
        part => File.Move(part, Path, overwrite: true));

    private static string FollowLink(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;   // no such file, or a circle of links: writing will tell
        }
    }

    private void Guard(Action<string> make, Action<string> finish)
    {
        var part = $"{Path}.{Guid.NewGuid():N}.part";
        try
        {
            make(part);
            finish(part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Discard(part);
            throw new InputException($"The output '{Path}' cannot be written: {Reason(error)}", error);
        }
        catch
        {
            Discard(part);
            throw;
        }
    }

    // The system's words name the temporary file, which nobody knows.
    private static string Reason(Exception error) => error switch
    {
        UnauthorizedAccessException => "access is denied; choose another folder.",
        FileNotFoundException or DirectoryNotFoundException => "no file can be made in its folder; choose another one.",
        PathTooLongException => "the name is too long; choose a shorter one.",
        _ when error.Message.Contains("No space left", StringComparison.Ordinal) => "the disk is full.",
        _ when error.Message.Contains("Read-only file system", StringComparison.Ordinal) => "the file system is read-only; choose another folder.",
        _ => $"{error.Message.ReplaceLineEndings(" ")} Choose another folder.",
    };

    private static void Discard(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What could not be made need not be removed; the first error is the one to tell.
        }
    }
}
