using Azure;

namespace Darkroom.Storage.AzureBlobs;

/// <summary>A download whose network failures, after the client's own retries, are failures of the store.</summary>
internal sealed class AzureReadStream(Stream inner, Func<Exception, BlobStoreException> failed) : PassingReadStream(inner)
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return Inner.Read(buffer, offset, count);
        }
        catch (Exception exception) when (IsOfTheNetwork(exception))
        {
            throw failed(exception);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheNetwork(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw failed(exception);
        }
    }

    private static bool IsOfTheNetwork(Exception exception) =>
        exception is RequestFailedException or IOException or AggregateException or OperationCanceledException;
}
