namespace Darkroom.Silo.Secrets;

/// <summary>The folder of secrets cannot be used; the message says why and what is allowed.</summary>
public sealed class SecretFilesException : Exception
{
    /// <summary>Makes one.</summary>
    public SecretFilesException()
    {
    }

    /// <summary>Makes one with a message for the operator.</summary>
    public SecretFilesException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public SecretFilesException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
