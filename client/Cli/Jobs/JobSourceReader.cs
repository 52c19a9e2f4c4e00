using System.IO.Compression;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;
using Darkroom.Imaging;
using Darkroom.Storage;

namespace Darkroom.Cli.Jobs;

/// <summary>Finds the pictures of a job: in folders, in zip archives, among named files, and in a list on standard input.</summary>
/// <param name="terminal">Whose standard input has the list.</param>
internal sealed class JobSourceReader(Terminal terminal) : IDisposable
{
    private const string ZipExtension = ".zip";
    private const int MaxFiles = 1_000_000;

    // Cameras' own formats, which are told by their content when they are read.
    private static readonly HashSet<string> RawExtensions = new(
        [".dng", ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".raf", ".rw2", ".orf", ".pef", ".srw", ".x3f", ".3fr", ".iiq", ".kdc", ".mrw"],
        StringComparer.OrdinalIgnoreCase);

    // What is hidden is no photograph that somebody looks for, and a link may lead into a circle.
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint };

    private readonly List<JobPhoto> photos = [];
    private readonly List<ZipArchive> archives = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Gets how many files of folders and archives are no pictures by their names.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Finds the pictures.</summary>
    /// <param name="sources">Folders, zip archives and files; <c>-</c> is a list of them on standard input, one a line.</param>
    /// <exception cref="InputException">One is not there, cannot be read, or has no picture; the message says which.</exception>
    public IReadOnlyList<JobPhoto> Read(IEnumerable<string> sources)
    {
        foreach (var source in sources)
        {
            if (source != Terminal.Pipe)
                Take(source);
            else if (terminal.IsInputInteractive)
                throw new InputException("'-' is a list of files on standard input, one a line; send one there: 'find . -name \"*.jpg\" | ./cluster job create -'.");
            else
                TakeList();
        }

        return photos.Count > 0
            ? photos
            : throw new InputException($"There is no picture in {string.Join(", ", sources.Select(source => $"'{source}'"))}; pictures are {ImageFormats.Names}, by their extensions.");
    }

    /// <summary>Closes the archives; their pictures cannot be opened any more.</summary>
    public void Dispose() => archives.ForEach(archive => archive.Dispose());

    private static bool IsPicture(string name) => ImageFormats.TryFromPath(name, out _) || RawExtensions.Contains(Path.GetExtension(name));

    private void TakeList()
    {
        while (terminal.In.ReadLine() is { } line)
        {
            if (line.Trim() is { Length: > 0 } path)
                Take(path);
        }
    }

    private void Take(string path)
    {
        try
        {
            if (Directory.Exists(path))
                TakeFolder(path);
            else if (!File.Exists(path))
                throw new InputException($"There is no file or folder '{path}'.");
            else if (Path.GetExtension(path).Equals(ZipExtension, StringComparison.OrdinalIgnoreCase))
                TakeArchive(path);
            else
                Add(NameOf(path), new FileInfo(path).Length, () => File.OpenRead(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InputException($"'{path}' cannot be read: {error.Message}", error);
        }
    }

    private void TakeFolder(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", Below).Order(StringComparer.Ordinal))
        {
            if (IsPicture(path))
                Add(Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), new FileInfo(path).Length, () => File.OpenRead(path));
            else
                LeftOut++;
        }
    }

    private void TakeArchive(string path)
    {
        var archive = ZipFile.OpenRead(path);
        archives.Add(archive);
        var limit = new ImagingOptions().MaxFileSizeBytes;
        foreach (var entry in archive.Entries)
        {
            if (entry.FullName.EndsWith('/'))
                continue;
            // What macOS puts beside each file has its extension, too.
            if (!IsPicture(entry.Name) || entry.Name.StartsWith("._", StringComparison.Ordinal))
            {
                LeftOut++;
                continue;
            }

            if (entry.IsEncrypted)
                throw new InputException($"'{path}' is encrypted; take the pictures out of it first.");
            Add(entry.FullName.Replace('\\', '/'), entry.Length, () => new ArchiveEntry(entry, limit));
        }
    }

    // A file of the current folder or below it is called by its path, any other by its name alone.
    private static string NameOf(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? Path.GetFileName(path) : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    private void Add(string path, long sizeBytes, Func<Stream> open)
    {
        // Allowed in names of files, but not in those of the cluster's blobs.
        var name = string.Concat(path.Select(c => c is '#' or '?' or '\\' or ':' || char.IsControl(c) ? '_' : c));
        try
        {
            BlobName.Validate(name);
        }
        catch (ArgumentException error)
        {
            throw new InputException($"The name '{path}' cannot be used: {error.Message}", error);
        }

        if (!names.Add(name))
            throw new InputException($"Two pictures are called '{name}'; give the folder that holds both.");
        if (photos.Count == MaxFiles)
            throw new InputException($"There are more than {MaxFiles} pictures; make several jobs of them.");
        photos.Add(new JobPhoto(name, sizeBytes, open));
    }
}
