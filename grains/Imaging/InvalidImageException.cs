namespace Darkroom.Imaging;

/// <summary>A file cannot be decoded. The message is one line: the cause, and what is allowed.</summary>
public sealed class InvalidImageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="message">The cause and what is allowed, for people.</param>
    /// <param name="innerException">The decoder's own exception, if it had one.</param>
    public InvalidImageException(ImageFault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>Gets what is wrong.</summary>
    public ImageFault Fault { get; }
}

/// <summary>Why a file cannot be decoded.</summary>
public enum ImageFault
{
    /// <summary>The first bytes are of no image format that is known.</summary>
    NotAnImage,

    /// <summary>It is an image, but of a format or variant that is not read.</summary>
    Unsupported,

    /// <summary>The file ends before the image does.</summary>
    Truncated,

    /// <summary>The file contradicts itself.</summary>
    Corrupt,

    /// <summary>The image has more pixels, or the file more bytes, than the options allow.</summary>
    TooLarge,
}
