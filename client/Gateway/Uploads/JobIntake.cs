using Darkroom.Contracts.Jobs;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Uploads;

/// <summary>Takes the files of a job in; a file that is no picture is the job's to report. They are the tenant's when all are in; if one is refused, all go again.</summary>
internal sealed class JobIntake(Caller caller, ContentStore contents, TenantIndex index, IOptions<GatewayOptions> options)
{
    private const int AtOnce = 8;

    private readonly List<ContentReceipt> receipts = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>Gets the files so far.</summary>
    public List<JobItem> Items { get; } = [];

    /// <summary>Takes a file in.</summary>
    public async Task TakeAsync(string name, Stream file, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxPictureBytes;
        await using var limited = new LimitedStream(file, limit, () => ProblemException.TooLarge("A file", limit, nameof(GatewayOptions.MaxPictureBytes)));
        var (kept, receipt) = await contents.AddAsync(limited, cancellationToken: cancellationToken);
        if (receipt is not null)
            receipts.Add(receipt);
        taken.Add(kept.Hash);
        Items.Add(new JobItem(name, kept.Hash));
    }

    /// <summary>Takes the files of a zip archive in.</summary>
    /// <exception cref="ProblemException">It is no archive, or one that cannot be trusted.</exception>
    public async Task TakeArchiveAsync(Stream file, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxJobBytes;
        var path = Path.Combine(Path.GetTempPath(), $"darkroom-{Guid.NewGuid():N}.zip");
        await using var spool = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using (var limited = new LimitedStream(file, limit, () => ProblemException.TooLarge("The archive", limit, nameof(GatewayOptions.MaxJobBytes))))
            await limited.CopyToAsync(spool, cancellationToken);
        spool.Position = 0;
        await foreach (var (name, content) in ArchiveReader.ReadAsync(spool, options.Value, cancellationToken))
            await TakeAsync(name, content, cancellationToken);
    }

    /// <summary>Notes that the files are the tenant's: the request is good.</summary>
    public Task AcceptAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        taken, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (hash, stop) => await index.AddAsync(caller.Tenant, TenantIndex.Pictures, hash, stop));

    /// <summary>Takes back what was new in this request and is nobody else's meanwhile.</summary>
    public async Task RefuseAsync()
    {
        foreach (var receipt in receipts)
            await contents.TakeBackAsync(receipt);
    }
}
