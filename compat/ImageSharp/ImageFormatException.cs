namespace SixLabors.ImageSharp;

public class ImageFormatException : Exception
{
    internal ImageFormatException(string errorMessage)
        : base(errorMessage)
    {
    }
}

public sealed class UnknownImageFormatException(string errorMessage) : ImageFormatException(errorMessage);

public sealed class InvalidImageContentException(string errorMessage) : ImageFormatException(errorMessage);
