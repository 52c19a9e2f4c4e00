namespace Darkroom.Storage;

/// <summary>What must hold for a write to happen. The default value asks for nothing.</summary>
public readonly record struct WriteCondition
{
    private WriteCondition(string? eTag, bool absent)
    {
        MatchETag = eTag;
        MustBeAbsent = absent;
    }

    /// <summary>Gets the condition that always holds: the last writer wins.</summary>
    public static WriteCondition None => default;

    /// <summary>Gets the condition that no blob of this name exists (HTTP's <c>If-None-Match: *</c>).</summary>
    public static WriteCondition IfAbsent => new(eTag: null, absent: true);

    /// <summary>Gets the ETag that the present blob must have, or null.</summary>
    public string? MatchETag { get; }

    /// <summary>Gets a value indicating whether no blob of this name may exist.</summary>
    public bool MustBeAbsent { get; }

    /// <summary>The condition that the present blob is still the one that was read (HTTP's <c>If-Match</c>).</summary>
    /// <param name="eTag">The <see cref="BlobProperties.ETag"/> that was read.</param>
    /// <returns>The condition; it does not hold either when the blob is gone.</returns>
    public static WriteCondition IfMatch(string eTag)
    {
        ArgumentException.ThrowIfNullOrEmpty(eTag);
        return new(eTag, absent: false);
    }

    /// <summary>Whether the condition holds.</summary>
    /// <param name="presentETag">ETag of the present blob, or null when there is none.</param>
    /// <returns>True when the write may happen.</returns>
    public bool Holds(string? presentETag)
    {
        if (MustBeAbsent)
        {
            return presentETag is null;
        }

        return MatchETag is null || string.Equals(MatchETag, presentETag, StringComparison.Ordinal);
    }
}
