namespace Darkroom.Storage;

/// <summary>A condition on a blob's ETag does not hold: somebody else wrote or deleted it. Nothing was changed.</summary>
/// <remarks>A conditional write whose answer was lost on the network may also end like this, though it happened: read the blob again.</remarks>
public sealed class BlobConflictException : BlobStoreException
{
    /// <summary>Makes the exception without a message.</summary>
    public BlobConflictException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which blob, and what was expected of it.</param>
    public BlobConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which blob, and what was expected of it.</param>
    /// <param name="innerException">What the store said.</param>
    public BlobConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static BlobConflictException For(string name, WriteCondition condition, string? presentETag, Exception? cause = null)
    {
        var expected = condition.MustBeAbsent ? "to be absent" : $"to have the ETag {condition.MatchETag}";
        var actual = presentETag is null ? "" : $"; it has {presentETag}";
        var message = $"The blob '{name}' was expected {expected}{actual}.";
        return cause is null ? new(message) : new(message, cause);
    }
}
