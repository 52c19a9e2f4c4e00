using System.Globalization;
using Darkroom.Cli.CommandLine;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;

namespace Darkroom.Cli.Restore;

/// <summary>The part of a photograph that may change, as the user gave it.</summary>
/// <param name="MaskPath">File of the mask, or null.</param>
/// <param name="Box">The rectangle, or null.</param>
/// <param name="Feather">Width of the seam (pixels).</param>
internal sealed record RegionRequest(string? MaskPath, RegionBox? Box, int Feather)
{
    /// <summary>Reads the options.</summary>
    /// <returns>The region, or null if none was given.</returns>
    /// <exception cref="InputException">They do not go together, or the box is none.</exception>
    public static RegionRequest? Parse(string? mask, string? box, int? feather)
    {
        if (mask is null && box is null)
            return feather is null ? null : throw new InputException("--feather is the seam of a region; give --mask or --box with it.");
        var region = new RegionRequest(mask, box is null ? null : ParseBox(box), feather ?? RestorationRegion.DefaultFeather);
        try
        {
            region.ToRegion(mask).Validate();
        }
        catch (InvalidRequestException error)
        {
            throw new InputException(error.Message, error);
        }

        return region;
    }

    /// <summary>Reads the mask.</summary>
    /// <returns>Its file, or null if there is none.</returns>
    /// <exception cref="InputException">It is no picture, or not as large as the photograph.</exception>
    public async Task<byte[]?> ReadMaskAsync(Photo photo, CancellationToken cancellationToken)
    {
        if (MaskPath is null)
            return null;
        var mask = await Photo.ReadAsync(MaskPath, cancellationToken);
        return mask.Header.Width == photo.Header.Width && mask.Header.Height == photo.Header.Height
            ? mask.File
            : throw new InputException($"The mask '{MaskPath}' has {mask.Header.Width} x {mask.Header.Height} pixels; the photograph has {photo.Header.Width} x {photo.Header.Height}, and so must the mask.");
    }

    /// <summary>Makes what the cluster is told.</summary>
    /// <param name="maskHash">Content hash of the mask, or null.</param>
    public RestorationRegion ToRegion(string? maskHash) => new(maskHash, Box, Feather);

    private static RegionBox ParseBox(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[4];
        if (parts.Length == 4 && !parts.Where((part, i) => !int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])).Any())
            return new RegionBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        throw new InputException($"--box is '{text}'; it is four integers, left,top,width,height in pixels, such as 100,50,640,480.");
    }
}
