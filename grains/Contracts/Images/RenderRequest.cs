using System.Collections.Immutable;
using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Images;

/// <summary>Asks for a picture in another size or format.</summary>
/// <param name="MaxWidth">The largest width (pixels), or null for the picture's own; the height follows. A picture is never made larger.</param>
/// <param name="MediaType">The format, such as <c>image/png</c>; or null for that of the picture where browsers show it, else PNG.</param>
/// <param name="BitDepth">Bits of a channel, 8 or 16, or null for what the format and the picture have.</param>
/// <param name="Description">What is written into the file's metadata, such as the recipe of a version; or null.</param>
/// <param name="TransparencyAsMask">Whether to draw, instead of the picture, a mask that is white where it is transparent.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.RenderRequest")]
public sealed record RenderRequest(
    [property: Id(0)] int? MaxWidth = null,
    [property: Id(1)] string? MediaType = null,
    [property: Id(2)] int? BitDepth = null,
    [property: Id(3)] string? Description = null,
    [property: Id(4)] bool TransparencyAsMask = false)
{
    /// <summary>The largest width that is drawn (pixels).</summary>
    public const int LargestWidth = 8192;

    /// <summary>The largest number of characters of a description.</summary>
    public const int MaxDescriptionLength = 16_384;

    /// <summary>Gets the formats that can be asked for.</summary>
    public static ImmutableArray<string> MediaTypes { get; } = ["image/png", "image/jpeg", "image/webp", "image/tiff"];

    /// <summary>Checks the values.</summary>
    /// <exception cref="InvalidRequestException">A value is out of range.</exception>
    public void Validate()
    {
        if (MaxWidth is < 1 or > LargestWidth)
            throw new InvalidRequestException($"The width is {MaxWidth}; allowed are 1 to {LargestWidth} pixels.");
        if (MediaType is not null && !MediaTypes.Contains(MediaType))
            throw new InvalidRequestException($"The format has {MediaType.Length} characters and is none of {string.Join(", ", MediaTypes)}.");
        if (BitDepth is not (null or 8 or 16))
            throw new InvalidRequestException($"The bit depth is {BitDepth}; allowed are 8 and 16.");
        if (BitDepth == 16 && MediaType is "image/jpeg" or "image/webp")
            throw new InvalidRequestException($"{MediaType} has 8 bits a channel; 16 are possible in image/png and image/tiff.");
        if (Description?.Length > MaxDescriptionLength)
            throw new InvalidRequestException($"The description has {Description.Length} characters; at most {MaxDescriptionLength} are allowed.");
    }
}
