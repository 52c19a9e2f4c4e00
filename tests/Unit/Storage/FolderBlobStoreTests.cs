using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using Xunit;

namespace Darkroom.Tests.Unit.Storage;

[Collection(StorageTogether.Name)]
public sealed class FolderBlobStoreTests : BlobStoreContract
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-blobs-").FullName;

    private string TempFolder => Path.Combine(folder, "temp");

    [Fact]
    public async Task Write_FailsOrSucceeds_LeavesNoTemporaryFile()
    {
        await Store.WriteBytesAsync("a", [1]);
        await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync("b", new GeneratedStream(10, _ => throw new IOException("gone"))));
        await Assert.ThrowsAsync<BlobConflictException>(() => Store.WriteBytesAsync("a", [2], WriteCondition.IfAbsent));

        Assert.Empty(Directory.GetFiles(TempFolder));
    }

    [Fact]
    public async Task Start_OldTemporaryFileOfACrash_IsSwept()
    {
        Directory.CreateDirectory(TempFolder);
        var stale = LeaveTemp("stale", TimeSpan.FromHours(2));
        var fresh = LeaveTemp("fresh", TimeSpan.FromMinutes(1));
        var held = LeaveTemp("held", TimeSpan.FromHours(2));
        using var writer = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.Empty(await ListAsync(""));

        Assert.False(File.Exists(stale));
        Assert.True(File.Exists(fresh));
        Assert.True(File.Exists(held));
    }

    [Fact]
    public async Task Read_OpenWhileDeleted_ReadsToTheEnd()
    {
        await Store.WriteBytesAsync("a", GeneratedStream.Bytes(500_000));

        await using var content = await Store.OpenReadAsync("a");
        await Store.DeleteAsync("a");
        using var read = new MemoryStream();
        await content.Stream.CopyToAsync(read);

        Assert.Equal(GeneratedStream.Bytes(500_000), read.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(150)]
    public async Task Read_TruncatedFile_IsAFailureOfTheStoreAndCanBeDeleted(int keptBytes)
    {
        await Store.WriteBytesAsync("a/b", GeneratedStream.Bytes(100));
        using (var file = new FileStream(Path.Combine(folder, "blobs", "a", "b#"), FileMode.Open))
        {
            file.SetLength(keptBytes);
        }

        var exception = await Assert.ThrowsAsync<BlobStoreException>(() => Store.OpenReadAsync("a/b"));
        Assert.Contains("'a/b'", exception.Message, StringComparison.Ordinal);
        Assert.True(await Store.DeleteAsync("a/b"));
    }

    [Fact]
    public async Task Read_ForeignBytesBeforeTrailer_IsAFailureOfTheStore()
    {
        await Store.WriteBytesAsync("a", GeneratedStream.Bytes(100));
        var path = Path.Combine(folder, "blobs", "a#");
        await File.WriteAllBytesAsync(path, [1, 2, 3, .. await File.ReadAllBytesAsync(path)]);

        await Assert.ThrowsAsync<BlobStoreException>(() => Store.FindAsync("a"));
    }

    [Fact]
    public async Task Delete_LastBlobOfAFolder_RemovesTheFolder()
    {
        await Store.WriteBytesAsync("x/y/z", [1]);

        await Store.DeleteAsync("x/y/z");

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(folder, "blobs")));
    }

    [Fact]
    public async Task WriteAndDelete_NeighboursAtOnce_NeverFail()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var store = OpenAgain();
            for (var round = 0; round < 100; round++)
            {
                await store.WriteBytesAsync($"shared/folder/{i}", [1]);
                Assert.True(await store.DeleteAsync($"shared/folder/{i}"));
            }
        })));

        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task Use_FolderThatCannotBe_NamesFolderAndSetting()
    {
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "not a folder");
        var store = Open(Path.Combine(file, "blobs"));

        var exception = await Assert.ThrowsAsync<BlobStoreException>(() => store.FindAsync("a"));

        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
        Assert.Contains("BlobStore:Folder", exception.Message, StringComparison.Ordinal);
    }

    protected override Task<IBlobStore> CreateAsync() => Task.FromResult(OpenAgain());

    protected override IBlobStore OpenAgain() => Open(folder);

    protected override ValueTask CleanUpAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static FolderBlobStore Open(string path) => new(Options.Create(new BlobStoreOptions { Folder = path }));

    private string LeaveTemp(string name, TimeSpan age)
    {
        var path = Path.Combine(TempFolder, name);
        File.WriteAllText(path, "half a blob");
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - age);
        return path;
    }
}
