using Microsoft.Win32.SafeHandles;

namespace Darkroom.Storage.LocalFolder;

/// <content>The single steps on files, and what is a failure of the disk.</content>
public sealed partial class FolderBlobStore
{
    private const int RenameAttempts = 100;

    private static bool IsOfTheDisk(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or InvalidDataException;

    private BlobStoreException Failed(string name, Exception cause) =>
        new($"The folder of blobs {layout.Root} failed for '{name}': {cause.Message}", cause);

    private void Guarded(string name, Action action) => Guarded(name, () =>
    {
        action();
        return true;
    });

    private T Guarded<T>(string name, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw Failed(name, exception);
        }
    }

    private SafeFileHandle? TryOpen(string name)
    {
        try
        {
            return File.OpenHandle(layout.PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private BlobTrailer? TryReadTrailer(string name)
    {
        using var file = TryOpen(name);
        return file is null ? null : BlobTrailer.Read(file);
    }

    private void Replace(string temp, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        for (var attempt = 1; ; attempt++)
        {
            var hasFolder = false;
            try
            {
                Directory.CreateDirectory(folder);
                hasFolder = true;
                File.Move(temp, path, overwrite: true);
                FlushFolder(path);
                return;
            }
            catch (IOException error) when (attempt < RenameAttempts && (!hasFolder || error is DirectoryNotFoundException or FileNotFoundException))
            {
                // The deletion of a neighbour removed the folder while it was empty: before the move, or while
                // CreateDirectory looked at what it had met there, which it then reports as a file in the way.
            }
        }
    }

    private void FlushFolder(string path)
    {
        if (flushToDisk)
        {
            DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Removes the folders that a deletion left empty, so that names long gone cost nothing in listings.</summary>
    private void RemoveEmptyFolders(string path)
    {
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > layout.Blobs.Length; folder = Path.GetDirectoryName(folder)!)
        {
            try
            {
                Directory.Delete(folder, recursive: false);
            }
            catch (IOException)
            {
                return;   // not empty, or a neighbour was just written or removed it first
            }
        }
    }

    private static void DeleteQuietly(string temp)
    {
        try
        {
            File.Delete(temp);
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            // The sweep of the next start takes it; the outcome of the write is what the caller must hear.
        }
    }

    private void EnsurePrepared()
    {
        try
        {
            _ = prepared.Value;
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw new BlobStoreException(
                $"The folder of blobs {layout.Root} cannot be used: {exception.Message} (setting BlobStore:Folder).", exception);
        }
    }

    private bool Prepare()
    {
        layout.Create();
        Sweep();
        return true;
    }

    /// <summary>Deletes what crashed writes left. A write under way holds its file's lock, so it is safe at any age.</summary>
    private void Sweep()
    {
        var limit = timeProvider.GetUtcNow() - staleAfter;
        foreach (var path in Directory.EnumerateFiles(layout.Temp))
        {
            if (File.GetLastWriteTimeUtc(path) >= limit)
            {
                continue;
            }

            try
            {
                using var file = FolderLocks.TryLock(path, FileMode.Open);
                if (file is not null)
                {
                    File.Delete(path);
                    LogSwept(path, file.Length);
                }
            }
            catch (Exception exception) when (IsOfTheDisk(exception))
            {
                LogNotSwept(exception, path);   // another process swept it first, or it is not ours
            }
        }
    }
}
