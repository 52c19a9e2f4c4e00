using Darkroom.Storage;
using Darkroom.Storage.Audit;
using Darkroom.Storage.LocalFolder;
using Darkroom.Tests.Unit.Grains;
using Microsoft.Extensions.Options;
using Xunit;

namespace Darkroom.Tests.Unit.Storage.Audit;

public sealed class AuditLogTests : IDisposable
{
    private static readonly AuditActor Anna = new("acme", "anna", "10.0.0.1");

    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-audit-").FullName;
    private readonly FolderBlobStore blobs;
    private readonly ManualTime time = new();
    private readonly AuditLog log;

    public AuditLogTests()
    {
        blobs = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = folder, FlushToDisk = false }), TimeProvider.System);
        log = new AuditLog(blobs, time);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Record_Done_LeavesAnEntryBeforeAndAfter()
    {
        var seen = new List<AuditResult>();

        var answer = await log.RecordAsync(Anna, "key.create", "ci of acme", async () => { seen.AddRange((await ReadAsync()).Select(entry => entry.Result)); return 7; }, made => $"number {made}");

        Assert.Equal(7, answer);
        Assert.Equal([AuditResult.Started], seen);
        var entries = await ReadAsync();
        Assert.Equal([AuditResult.Started, AuditResult.Succeeded], entries.Select(entry => entry.Result).Order());
        Assert.All(entries, entry => Assert.Equal((Anna, "key.create", "ci of acme", time.GetUtcNow()), (entry.Actor, entry.Action, entry.Subject, entry.At)));
        Assert.Equal("number 7", entries.Single(entry => entry.Result == AuditResult.Succeeded).Detail);
    }

    [Fact]
    public async Task Record_Fails_SaysSoAndWhy()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => log.RecordAsync<int>(Anna, "key.revoke", "k", () => throw new InvalidOperationException("no such\nkey")));

        var failed = Assert.Single(await ReadAsync(), entry => entry.Result == AuditResult.Failed);
        Assert.Equal("no such key", failed.Detail);
    }

    [Fact]
    public async Task Record_StoreFails_NothingIsDone()
    {
        var isDone = false;
        var broken = new AuditLog(new RefusingStore(blobs), time);

        await Assert.ThrowsAsync<BlobStoreException>(() => broken.RecordAsync(Anna, "key.create", "k", () => Task.FromResult(isDone = true)));

        Assert.False(isDone);
    }

    [Fact]
    public async Task Read_ByDay_GoesOnBehindAName()
    {
        for (var i = 0; i < 3; i++)
        {
            await log.RecordAsync(Anna, "key.create", $"{i}", () => Task.FromResult(i));
            time.Advance(TimeSpan.FromHours(9));
        }

        var day = DateOnly.FromDateTime(DateTime.UnixEpoch);
        var names = await log.ReadAsync(day).Select(line => line.Name).ToListAsync();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(names[2..], await log.ReadAsync(day, after: names[1]).Select(line => line.Name).ToListAsync());
        Assert.Equal(6, names.Count + await log.ReadAsync(day.AddDays(1)).CountAsync());
    }

    [Fact]
    public async Task Record_LongNames_AreCut()
    {
        await log.RecordAsync(Anna with { Name = new string('n', 10_000) }, "key.create", new string('s', 10_000), () => Task.FromResult(0));

        Assert.All(await ReadAsync(), entry => Assert.True(entry.Subject.Length == 200 && entry.Actor.Name.Length == 200));
    }

    [Fact]
    public async Task Deny_IsNoEntry()
    {
        log.Deny(Anna, "key.create", "k");

        Assert.Empty(await ReadAsync());
    }

    private async Task<List<AuditEntry>> ReadAsync() => await log.ReadAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)).Select(line => line.Entry).ToListAsync();

    private sealed class RefusingStore(IBlobStore inner) : IBlobStore
    {
        public Task<BlobProperties> WriteAsync(string name, Stream content, WriteCondition condition, string? contentType, CancellationToken cancellationToken) =>
            throw new BlobStoreException("the store takes nothing");

        public Task<BlobContent> OpenReadAsync(string name, BlobRange range, CancellationToken cancellationToken) => inner.OpenReadAsync(name, range, cancellationToken);

        public Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

        public Task<bool> DeleteAsync(string name, string? ifMatch, CancellationToken cancellationToken) => inner.DeleteAsync(name, ifMatch, cancellationToken);

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);
    }
}
