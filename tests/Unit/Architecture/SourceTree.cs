namespace Darkroom.Tests.Unit.Architecture;

/// <summary>The files of the repository that people write: nothing that a build or a set-up makes.</summary>
internal static class SourceTree
{
    /// <summary>The folders of the product; tests and stand-ins are not part of it.</summary>
    public static IReadOnlyList<string> ProductFolders { get; } = ["grains", "silo", "client"];

    private static readonly HashSet<string> MadeFolders = ["bin", "obj", "node_modules", ".git", ".setup", "TestResults"];

    /// <summary>Paths from the root, with slashes, of all files with one of the endings below the given folders.</summary>
    public static IEnumerable<string> Files(IEnumerable<string> folders, params string[] endings) =>
        folders.SelectMany(folder => Walk(new DirectoryInfo(Path.Combine(RepositoryRoot.Path, folder))))
            .OfType<FileInfo>()
            .Where(file => endings.Length == 0 || endings.Contains(file.Extension))
            .Select(RelativePath)
            .Order(StringComparer.Ordinal);

    /// <summary>Paths from the root of all folders of the repository.</summary>
    public static IEnumerable<string> Folders() =>
        Walk(new DirectoryInfo(RepositoryRoot.Path)).OfType<DirectoryInfo>().Select(RelativePath).Order(StringComparer.Ordinal);

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(RepositoryRoot.Path, path));

    private static string RelativePath(FileSystemInfo entry) =>
        Path.GetRelativePath(RepositoryRoot.Path, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private static IEnumerable<FileSystemInfo> Walk(DirectoryInfo folder)
    {
        if (!folder.Exists)
        {
            yield break;
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is not DirectoryInfo inner)
            {
                yield return entry;
            }
            else if (!MadeFolders.Contains(inner.Name) && inner.LinkTarget is null)
            {
                yield return inner;
                foreach (var below in Walk(inner))
                {
                    yield return below;
                }
            }
        }
    }
}
