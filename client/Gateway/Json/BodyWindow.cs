using System.Buffers;
using Darkroom.Gateway.Problems;

namespace Darkroom.Gateway.Json;

/// <summary>The part of a body that was read and not used yet. It grows only for a single word that is longer than it is.</summary>
/// <param name="body">The body; stays open.</param>
/// <param name="limit">The largest such word (bytes).</param>
internal sealed class BodyWindow(Stream body, int limit) : IDisposable
{
    private const int FirstSize = 16 << 10;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int start;
    private int end;

    /// <summary>Gets what was read and not used.</summary>
    public ReadOnlySpan<byte> Unread => buffer.AsSpan(start, end - start);

    /// <summary>Gets whether the body has no more than that.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Notes that bytes were used.</summary>
    public void Advance(int count) => start += count;

    /// <summary>Reads some more behind what is there.</summary>
    /// <returns>False at the end of the body.</returns>
    /// <exception cref="ProblemException">A single word is longer than allowed.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (HasEnded)
            return false;
        MakeRoom();
        var count = await body.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += count;
        HasEnded = count == 0;
        return !HasEnded;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private void MakeRoom()
    {
        if (end < buffer.Length)
            return;
        var kept = Unread;
        if (kept.Length >= limit)
            throw ProblemException.TooLarge("A part of the JSON body that is no picture", limit, nameof(GatewayOptions.MaxJsonBytes));
        var target = kept.Length > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(buffer.Length * 2) : buffer;
        kept.CopyTo(target);
        (start, end) = (0, kept.Length);
        if (target == buffer)
            return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = target;
    }
}
