namespace Darkroom.Imaging.Exif;

/// <summary>Numbers of the TIFF and EXIF tags that are read or written.</summary>
internal static class ExifTags
{
    internal const ushort ImageWidth = 256, ImageHeight = 257, BitsPerSample = 258, Compression = 259, Photometric = 262,
        ImageDescription = 270, Make = 271, Model = 272, StripOffsets = 273, Orientation = 274, SamplesPerPixel = 277, RowsPerStrip = 278,
        StripByteCounts = 279, XResolution = 282, YResolution = 283, PlanarConfiguration = 284, ResolutionUnit = 296, Software = 305,
        DateTime = 306, Artist = 315, Predictor = 317, TileOffsets = 324, TileByteCounts = 325, ExtraSamples = 338, SampleFormat = 339,
        Xmp = 700, Copyright = 33432, IccProfile = 34675;

    /// <summary>Pointers to directories of their own: EXIF, GPS and (inside EXIF) interoperability.</summary>
    internal const ushort ExifDirectory = 34665, GpsDirectory = 34853, InteroperabilityDirectory = 40965;

    /// <summary>Tags of a TIFF's main directory that describe the picture and not how its pixels are stored.</summary>
    internal static readonly ushort[] Descriptive =
        [ImageDescription, Make, Model, Orientation, XResolution, YResolution, ResolutionUnit, Software, DateTime, Artist, Copyright];
}
