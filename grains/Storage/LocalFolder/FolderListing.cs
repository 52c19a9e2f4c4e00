namespace Darkroom.Storage.LocalFolder;

/// <summary>Walks the folder of blobs in ordinal order of their names; it holds the entries of one path of folders at a time.</summary>
internal static class FolderListing
{
    /// <summary>The names that start with a prefix.</summary>
    public static IEnumerable<string> Names(FolderLayout layout, string prefix, CancellationToken cancellationToken)
    {
        var slash = prefix.LastIndexOf('/');
        var start = prefix[..(slash + 1)];   // whole parts of the prefix: only this folder is walked
        return Walk(Path.Combine(layout.Blobs, start), start, prefix, cancellationToken);
    }

    private static IEnumerable<string> Walk(string folder, string start, string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in Entries(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = start + entry;
            if (entry.EndsWith('/'))
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal))
                {
                    foreach (var inner in Walk(Path.Combine(folder, entry), name, prefix, cancellationToken))
                    {
                        yield return inner;
                    }
                }
            }
            else if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    /// <summary>Blobs by name and folders with a slash behind, which sorts both as whole names would.</summary>
    private static List<string> Entries(string folder)
    {
        var entries = new List<string>();
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo)
                {
                    entries.Add(entry.Name + "/");
                }
                else if (entry.Name.EndsWith(FolderLayout.BlobMark))
                {
                    entries.Add(entry.Name[..^1]);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            return [];   // no such prefix, or the last blob in it was deleted meanwhile
        }

        entries.Sort(StringComparer.Ordinal);
        return entries;
    }
}
