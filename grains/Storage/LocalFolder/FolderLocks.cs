namespace Darkroom.Storage.LocalFolder;

/// <summary>Locks by name that hold between threads and between processes on the same folder.</summary>
/// <remarks>
/// Threads of this store wait on a semaphore; the file lock behind it (flock, through FileShare.None) is for other processes and is
/// released by the kernel when one dies. It is only held for a look at the old blob and a rename, so it is polled.
/// </remarks>
internal sealed class FolderLocks(FolderLayout layout, TimeProvider timeProvider)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim[] threads = [.. Enumerable.Range(0, FolderLayout.LockCount).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<IDisposable> AcquireAsync(string name, CancellationToken cancellationToken)
    {
        var bucket = FolderLayout.LockBucket(name);
        await threads[bucket].WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                if (TryLock(layout.LockPath(bucket)) is { } file)
                {
                    return new Held(file, threads[bucket]);
                }

                await Task.Delay(PollInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            threads[bucket].Release();
            throw;
        }
    }

    /// <summary>Opens a file that nobody else has open like this.</summary>
    /// <returns>The open file, or null when somebody has it.</returns>
    public static FileStream? TryLock(string path, FileMode mode = FileMode.OpenOrCreate)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (IsLocked(exception))
        {
            return null;
        }
    }

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; ERROR_SHARING_VIOLATION on Windows.
    private static bool IsLocked(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private sealed class Held(FileStream file, SemaphoreSlim thread) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            thread.Release();
        }
    }
}
