using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.LocalFolder;

/// <summary>Blobs as files in a folder of this machine, which several processes may use at once.</summary>
/// <remarks>
/// A write goes to a temporary file, is flushed to the disk and renamed into place under the name's lock, so that a crash leaves the
/// old blob or the new one. What crashed writes leave in <c>temp/</c> is swept when the store is first used.
/// </remarks>
public sealed partial class FolderBlobStore : IBlobStore
{
    private const int CopyBufferBytes = 1024 * 1024;

    private readonly FolderLayout layout;
    private readonly FolderLocks locks;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly TimeSpan staleAfter;
    private readonly bool flushToDisk;
    private readonly Lazy<bool> prepared;

    /// <summary>Makes a store; its folder is created at the first use.</summary>
    /// <param name="options">Folder, flushing and the age at which a temporary file counts as left over.</param>
    /// <param name="timeProvider">Clock for the time of a write; default the system's.</param>
    /// <param name="logger">Told of swept files; may be null.</param>
    public FolderBlobStore(IOptions<BlobStoreOptions> options, TimeProvider? timeProvider = null, ILogger<FolderBlobStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (AppContext.TryGetSwitch("System.IO.DisableFileLocking", out var disabled) && disabled)
        {
            throw new InvalidOperationException(
                "System.IO.DisableFileLocking is on: a folder of blobs needs file locks. Remove the switch, or set BlobStore:Kind to Azure.");
        }

        this.timeProvider = timeProvider ?? TimeProvider.System;
        this.logger = logger ?? NullLogger<FolderBlobStore>.Instance;
        layout = new FolderLayout(options.Value.ResolvedFolder);
        locks = new FolderLocks(layout, TimeProvider.System);
        staleAfter = options.Value.StaleTempAge;
        flushToDisk = options.Value.FlushToDisk;
        prepared = new Lazy<bool>(Prepare);
    }

    /// <inheritdoc/>
    public async Task<BlobProperties> WriteAsync(
        string name,
        Stream content,
        WriteCondition condition = default,
        string? contentType = null,
        CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        ArgumentNullException.ThrowIfNull(content);
        EnsurePrepared();

        // A write that cannot succeed need not copy the bytes first; the condition is checked again under the lock.
        Check(name, condition, Guarded(name, () => TryReadTrailer(name)));

        var temp = layout.NewTempPath();
        try
        {
            var trailer = await WriteTempAsync(name, temp, content, contentType, cancellationToken).ConfigureAwait(false);
            using (await LockAsync(name, cancellationToken).ConfigureAwait(false))
            {
                Guarded(name, () =>
                {
                    Check(name, condition, TryReadTrailer(name));
                    Replace(temp, layout.PathOf(name));
                });
            }

            return trailer.ToProperties(name);
        }
        finally
        {
            DeleteQuietly(temp);
        }
    }

    /// <inheritdoc/>
    public Task<BlobContent> OpenReadAsync(string name, BlobRange range = default, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        cancellationToken.ThrowIfCancellationRequested();
        EnsurePrepared();
        return Task.FromResult(Guarded(name, () =>
        {
            var file = TryOpen(name) ?? throw BlobNotFoundException.For(name);
            try
            {
                var properties = BlobTrailer.Read(file).ToProperties(name);
                var count = range.CountWithin(properties.SizeBytes);
                return new BlobContent(new BlobFileStream(file, range.Offset, count), properties);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }));
    }

    /// <inheritdoc/>
    public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        cancellationToken.ThrowIfCancellationRequested();
        EnsurePrepared();
        return Task.FromResult(Guarded(name, () => TryReadTrailer(name)?.ToProperties(name)));
    }

    /// <inheritdoc/>
    public string? FindFile(string name)
    {
        BlobName.Validate(name);
        return layout.PathOf(name) is var path && File.Exists(path) ? path : null;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        BlobName.Validate(name);
        EnsurePrepared();
        using (await LockAsync(name, cancellationToken).ConfigureAwait(false))
        {
            return Guarded(name, () =>
            {
                var path = layout.PathOf(name);
                if (ifMatch is null)
                {
                    // A damaged blob can be deleted too, so its trailer is not read.
                    if (!File.Exists(path))
                    {
                        return false;
                    }
                }
                else if (TryReadTrailer(name) is not { } present)
                {
                    return false;
                }
                else
                {
                    Check(name, WriteCondition.IfMatch(ifMatch), present);
                }

                File.Delete(path);
                FlushFolder(path);
                RemoveEmptyFolders(path);
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobProperties> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        BlobName.ValidatePrefix(prefix);
        EnsurePrepared();
        await Task.Yield();   // a listing never runs on its caller's turn
        foreach (var name in FolderListing.Names(layout, prefix, cancellationToken))
        {
            if (Guarded(name, () => TryReadTrailer(name)) is { } trailer)
            {
                yield return trailer.ToProperties(name);
            }
        }
    }

    private static void Check(string name, WriteCondition condition, BlobTrailer? present)
    {
        if (!condition.Holds(present?.ETag))
        {
            throw BlobConflictException.For(name, condition, present?.ETag);
        }
    }

    private async Task<IDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await locks.AcquireAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            throw Failed(name, exception);
        }
    }

    /// <summary>Writes the whole file of a blob. It is closed before the rename: its lock would go with it and shut readers out.</summary>
    private async Task<BlobTrailer> WriteTempAsync(
        string name, string temp, Stream content, string? contentType, CancellationToken cancellationToken)
    {
        var file = Guarded(name, () => new FileStream(
            temp, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous));
        await using (file.ConfigureAwait(false))
        {
            var size = await CopyAsync(name, content, file, cancellationToken).ConfigureAwait(false);
            var trailer = new BlobTrailer(
                Guid.NewGuid().ToString("N"), contentType ?? BlobProperties.DefaultContentType, timeProvider.GetUtcNow(), size);
            Guarded(name, () =>
            {
                file.Write(trailer.ToBytes());
                file.Flush(flushToDisk);
            });
            return trailer;
        }
    }

    /// <summary>Copies with reading and writing apart, so that only a failure of the disk becomes a failure of the store.</summary>
    private async Task<long> CopyAsync(string name, Stream content, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferBytes);
        try
        {
            var size = 0L;
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (IsOfTheDisk(exception))
                {
                    throw Failed(name, exception);
                }

                size += read;
            }

            return size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
