using System.Runtime.CompilerServices;
using Darkroom.Storage;

namespace Darkroom.Tests.Cluster.Support;

/// <summary>A blob store that fails when it is told to.</summary>
internal sealed class FaultyBlobStore(IBlobStore inner) : IBlobStore
{
    private int failures;

    /// <summary>Gets or sets what to do before each operation; what it throws is the operation's failure.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Gets or sets whether a write that was done is reported as failed: the acknowledgement is lost.</summary>
    public Func<string, bool>? LosesAcknowledgement { get; set; }

    /// <summary>Gets or sets how long each operation takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets how often it failed.</summary>
    public int FailureCount => Volatile.Read(ref failures);

    /// <summary>Fails the next operations of a kind on names that hold a text.</summary>
    public void FailNext(int count, string operation, string namePart)
    {
        var left = count;
        Before = (what, name) =>
        {
            if (what == operation && name.Contains(namePart, StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0)
                throw Fail(name);
        };
    }

    public async Task<BlobProperties> WriteAsync(
        string name, Stream content, WriteCondition condition = default, string? contentType = null, CancellationToken cancellationToken = default)
    {
        Before?.Invoke("write", name);
        await Task.Delay(Latency, cancellationToken);
        var written = await inner.WriteAsync(name, content, condition, contentType, cancellationToken);
        return LosesAcknowledgement?.Invoke(name) == true ? throw Fail(name) : written;
    }

    public async Task<BlobContent> OpenReadAsync(string name, BlobRange range = default, CancellationToken cancellationToken = default)
    {
        Before?.Invoke("read", name);
        await Task.Delay(Latency, cancellationToken);
        return await inner.OpenReadAsync(name, range, cancellationToken);
    }

    public async Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        Before?.Invoke("find", name);
        await Task.Delay(Latency, cancellationToken);
        return await inner.FindAsync(name, cancellationToken);
    }

    public async Task<bool> DeleteAsync(string name, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        Before?.Invoke("delete", name);
        await Task.Delay(Latency, cancellationToken);
        return await inner.DeleteAsync(name, ifMatch, cancellationToken);
    }

    public async IAsyncEnumerable<BlobProperties> ListAsync(string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Before?.Invoke("list", prefix);
        await Task.Delay(Latency, cancellationToken);
        await foreach (var blob in inner.ListAsync(prefix, cancellationToken))
            yield return blob;
    }

    /// <summary>Makes the failure of an operation on a name, and counts it.</summary>
    public BlobStoreException Fail(string name)
    {
        Interlocked.Increment(ref failures);
        return new BlobStoreException($"the test broke '{name}'");
    }
}
