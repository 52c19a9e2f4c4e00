namespace Darkroom.Contracts.Images;

/// <summary>Names a picture in the blob store. Pixels never travel in messages.</summary>
/// <param name="Hash">SHA-256 of the file's bytes, lower-case hexadecimal: its address in the content store.</param>
/// <param name="Width">Width (pixels), upright: after the file's EXIF orientation is applied.</param>
/// <param name="Height">Height (pixels), upright.</param>
/// <param name="MediaType">Media type of the file, such as <c>image/png</c>.</param>
/// <param name="SizeBytes">Length of the file (bytes).</param>
[GenerateSerializer, Immutable, Alias("Darkroom.ImageRef")]
public sealed record ImageRef(
    [property: Id(0)] string Hash,
    [property: Id(1)] int Width,
    [property: Id(2)] int Height,
    [property: Id(3)] string MediaType,
    [property: Id(4)] long SizeBytes);
