namespace Darkroom.Storage;

/// <summary>The store failed: disk, network or rights. Trying again later may help; the cause is the inner exception.</summary>
/// <remarks>Also the base of <see cref="BlobNotFoundException"/> and <see cref="BlobConflictException"/>, which trying again does not help.</remarks>
public class BlobStoreException : Exception
{
    /// <summary>Makes the exception without a message.</summary>
    public BlobStoreException()
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, with the blob's name.</param>
    public BlobStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed, with the blob's name.</param>
    /// <param name="innerException">Why it failed.</param>
    public BlobStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
