using System.ComponentModel.DataAnnotations;

namespace Darkroom.Imaging;

/// <summary>Limits of decoding. Configuration section: <c>Imaging</c>.</summary>
public sealed class ImagingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Imaging";

    /// <summary>Gets or sets the largest accepted image, in pixels (width × height), checked before anything is decoded.</summary>
    /// <value>Default: 100,000,000.</value>
    /// <remarks>A decoded colour image takes 12 bytes a pixel.</remarks>
    [Range(1, 700_000_000)]
    public int MaxPixelCount { get; set; } = 100_000_000;

    /// <summary>Gets or sets the largest accepted file (bytes).</summary>
    /// <value>Default: 536,870,912, which is 512 MiB.</value>
    [Range(1, 2_000_000_000)]
    public int MaxFileSizeBytes { get; set; } = 512 * 1024 * 1024;
}
