namespace Darkroom.Contracts.Errors;

/// <summary>Base of the exceptions that cross a grain call: the caller broke a promise, and the message says which.</summary>
[GenerateSerializer, Alias("Darkroom.DarkroomException")]
public abstract class DarkroomException : Exception
{
    /// <summary>Makes one.</summary>
    protected DarkroomException()
    {
    }

    /// <summary>Makes one with a message for the user: actual, allowed, and the setting to change.</summary>
    protected DarkroomException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it; of a cause whose type has no serializer the text is kept.</summary>
    protected DarkroomException(string message, Exception innerException)
        : base(message, Sendable(innerException))
    {
    }

    /// <summary>Finds the first exception of the contracts among an exception and what caused it; null if there is none.</summary>
    public static DarkroomException? Within(Exception? error)
    {
        while (error is not (null or DarkroomException))
            error = error.InnerException;
        return (DarkroomException?)error;
    }

    // The cause crosses the call too. Orleans has a serializer for exceptions of the platform and for ours, but not for those of a
    // library: with one of these the caller would get its CodecNotFoundException instead of this exception.
    private static Exception? Sendable(Exception? cause)
    {
        if (cause is null || IsSendable(cause))
            return cause;
        return new InvalidOperationException($"{cause.GetType()}: {cause.Message}", Sendable(cause.InnerException));
    }

    private static bool IsSendable(Exception cause) =>
        (cause is DarkroomException || cause.GetType().Namespace is { } name && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft", StringComparison.Ordinal)))
        && (cause.InnerException is null || IsSendable(cause.InnerException));
}
