using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Cli;

/// <summary>Makes the files that a user gets of those that the cluster keeps.</summary>
/// <remarks>The cluster's are PNG without compression, quick to write and read; a user's file has the format asked for, with the same depth and metadata as far as it can hold them.</remarks>
internal static class PictureFile
{
    /// <summary>Decodes a file of the cluster.</summary>
    public static PlanarImage Decode(byte[] file) => new ImageDecoder(new ImagingOptions()).Decode(file);

    /// <summary>Makes the user's file.</summary>
    /// <param name="photo">The photograph that the session was opened with.</param>
    /// <param name="file">A version's file, as the cluster keeps it.</param>
    /// <param name="format">The format asked for.</param>
    /// <returns>The photograph's own bytes where the version is the photograph and the format is its own.</returns>
    public static byte[] Make(Photo photo, byte[] file, ImageFormat format) =>
        Original(photo, file, format) ?? ImageEncoder.Encode(Decode(file), format);

    /// <summary>As <see cref="Make(Photo, byte[], ImageFormat)"/>, for a file that is decoded already.</summary>
    public static byte[] Make(Photo photo, byte[] file, PlanarImage decoded, ImageFormat format) =>
        Original(photo, file, format) ?? ImageEncoder.Encode(decoded, format);

    private static byte[]? Original(Photo photo, byte[] file, ImageFormat format) =>
        format == photo.Header.Format && file.AsSpan().SequenceEqual(photo.File) ? photo.File : null;
}
