using System.Security.Cryptography;

namespace Darkroom.Storage;

/// <summary>Passes bytes on and, at their end, throws when they are not those that a hash names.</summary>
internal sealed class VerifyingStream(Stream inner, string expectedHash, bool leaveOpen = false) : PassingReadStream(inner, leaveOpen)
{
    private readonly IncrementalHash hasher = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool verified;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        Append(buffer[..read], atEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Append(buffer.Span[..read], atEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    // Called by both ways of disposing.
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hasher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        hasher.AppendData(bytes);
        if (!atEnd || verified)
        {
            return;
        }

        verified = true;
        var actual = Convert.ToHexStringLower(hasher.GetHashAndReset());
        if (!string.Equals(actual, expectedHash, StringComparison.Ordinal))
        {
            throw new BlobStoreException($"The bytes of {expectedHash} have the SHA-256 {actual}: they were damaged or changed.");
        }
    }
}
