namespace Orleans.Serialization;

/// <summary>A value cannot be serialized, deserialized or copied.</summary>
[GenerateSerializer]
public class SerializerException : Exception
{
    public SerializerException()
    {
    }

    public SerializerException(string message)
        : base(message)
    {
    }

    public SerializerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>There is no codec for a type: it lacks [GenerateSerializer].</summary>
[GenerateSerializer]
public sealed class CodecNotFoundException : SerializerException
{
    public CodecNotFoundException(string message)
        : base(message)
    {
    }
}

/// <summary>The exception that the bytes hold is of a type that is unknown here.</summary>
[GenerateSerializer]
public sealed class UnavailableExceptionFallbackException : Exception
{
    public UnavailableExceptionFallbackException()
    {
    }

    public UnavailableExceptionFallbackException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    [Id(0)]
    public string? ExceptionType { get; internal set; }

    public override string ToString() => $"{ExceptionType}: {base.ToString()}";
}
