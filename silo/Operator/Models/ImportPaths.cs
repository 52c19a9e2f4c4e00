using Darkroom.Contracts.Errors;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Silo.Operator.Models;

/// <summary>Finds what a resource wants imported, below the import folder and nowhere else.</summary>
internal static class ImportPaths
{
    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Finds folders or files.</summary>
    /// <param name="folder">The import folder, or null when nothing is imported.</param>
    /// <param name="paths">Where they are below it.</param>
    /// <exception cref="InvalidRequestException">Nothing is imported, or a path leads elsewhere or to nothing.</exception>
    public static IReadOnlyList<string> Resolve(string? folder, IReadOnlyList<string> paths)
    {
        if (folder is null)
            throw new InvalidRequestException($"This cluster imports no models by resources: {OperatorOptions.SectionName}:{nameof(OperatorOptions.ImportFolder)} is not set.");
        if (paths.Count is 0 or > ModelSource.MaxPaths)
            throw new InvalidRequestException($"spec.source.paths has {paths.Count} paths; allowed are 1 to {ModelSource.MaxPaths}.");
        return [.. paths.Select(path => Resolve(folder, path))];
    }

    private static string Resolve(string folder, string path)
    {
        var place = folder;
        foreach (var part in (path ?? string.Empty).Split('/'))
        {
            if (part.Length == 0 || part is "." or ".." || part.Any(c => char.IsControl(c) || c == '\\'))
                throw new InvalidRequestException($"The path '{Printable(path)}' in spec.source.paths is not allowed: it has an empty part, a part '.' or '..', a backslash or a control character.");
            place = Path.Combine(place, part);
            RequireAllowed(new FileInfo(place));
        }

        if (!Path.Exists(place))
            throw new InvalidRequestException($"There is no '{Printable(path)}' in the import folder ({OperatorOptions.SectionName}:{nameof(OperatorOptions.ImportFolder)}).");
        if (Directory.Exists(place))
        {
            foreach (var entry in new DirectoryInfo(place).EnumerateFileSystemInfos("*", All))
                RequireAllowed(entry);
        }

        return place;
    }

    // A link may lead out of the folder. Pickles can hold programs: what no silo reads is refused before anything of it is opened.
    private static void RequireAllowed(FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null)
            throw new InvalidRequestException($"'{Printable(entry.Name)}' in the import folder is a link; files and folders are allowed.");
        if (entry is FileInfo && TensorFiles.IsPickleName(entry.Name))
            throw new InvalidRequestException($"'{Printable(entry.Name)}' is a pickle, which no silo reads: import it with './cluster checkpoint import' on another machine, or remove it where the same weights are there as safetensors.");
    }

    private static string Printable(string? path)
    {
        var text = path ?? string.Empty;
        return new string([.. (text.Length <= 100 ? text : text[..100]).Select(c => char.IsControl(c) ? '\uFFFD' : c)]);
    }
}
