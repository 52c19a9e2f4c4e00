namespace Darkroom.Storage;

/// <summary>There is no blob of this name.</summary>
public sealed class BlobNotFoundException : BlobStoreException
{
    /// <summary>Makes the exception without a message.</summary>
    public BlobNotFoundException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which blob is missing.</param>
    public BlobNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which blob is missing.</param>
    /// <param name="innerException">What the store said.</param>
    public BlobNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal static BlobNotFoundException For(string name, Exception? cause = null)
    {
        var message = $"There is no blob '{name}'.";
        return cause is null ? new(message) : new(message, cause);
    }
}
