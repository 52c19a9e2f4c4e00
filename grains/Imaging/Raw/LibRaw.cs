using System.Runtime.InteropServices;
using System.Text;

namespace Darkroom.Imaging.Raw;

/// <summary>The calls of <c>libdarkroom_raw.so</c>, our shim over LibRaw (grains/Imaging/Native/raw.cpp, compiled by <c>./cluster setup</c>).</summary>
internal static unsafe partial class LibRaw
{
    private const string Library = "darkroom_raw";
    private const int MaxMessageBytes = 256;

    private enum Fault
    {
        None,
        NotRaw,
        Truncated,
        Corrupt,
        Unsupported,
        TooLarge,
    }

    /// <summary>Reads a RAW file.</summary>
    /// <returns>The mosaic, or null if LibRaw does not take the file for RAW.</returns>
    /// <exception cref="InvalidImageException">The file is RAW, but damaged, cut off, too large or of a kind that is not read.</exception>
    /// <exception cref="PlatformNotSupportedException">The shim was not compiled.</exception>
    internal static RawMosaic? Read(ReadOnlySpan<byte> file, int maxPixelCount)
    {
        var message = stackalloc byte[MaxMessageBytes];
        nint handle = 0;
        try
        {
            Fault fault;
            Info info;
            fixed (byte* bytes = file)
                fault = Open(bytes, (nuint)file.Length, maxPixelCount, &info, &handle, message, MaxMessageBytes);
            if (fault == Fault.NotRaw)
                return null;
            if (fault != Fault.None)
                throw Refused(fault, Text(message, MaxMessageBytes), maxPixelCount);
            return ToMosaic(handle, info);
        }
        catch (DllNotFoundException error)
        {
            throw new PlatformNotSupportedException("RAW files need libdarkroom_raw.so beside the program and LibRaw: run ./cluster setup and build again.", error);
        }
        finally
        {
            if (handle != 0)
                Close(handle);
        }
    }

    private static RawMosaic ToMosaic(nint handle, Info info)
    {
        var camera = Text(info.Camera, Info.MaxCameraBytes).Trim();
        if (info.HasMatrix == 0)
        {
            throw new InvalidImageException(
                ImageFault.Unsupported,
                $"The RAW file is of the camera '{camera}', whose colours neither the file nor LibRaw knows; convert it to DNG, or give the mosaic with a side file.");
        }

        var values = new ushort[checked(info.Width * info.Height)];
        fixed (ushort* target = values)
            Copy(handle, target);
        var levels = new RawLevels((BayerPattern)info.Pattern, Planes(info.Black), Planes(info.White));
        return new RawMosaic(info.Width, info.Height, values, levels)
        {
            Metadata = new RawMetadata
            {
                Camera = camera,
                WhiteBalance = Planes(info.Balance),
                Matrix = new ColourMatrix([.. new ReadOnlySpan<float>(info.Matrix, 9).ToArray().Select(value => (double)value)]),
                Gain = info.HasExposure == 0 || info.Exposure == 0 ? null : Math.Pow(2, info.Exposure),
                Orientation = info.Orientation,
            },
        };
    }

    private static InvalidImageException Refused(Fault fault, string reason, int maxPixelCount) => fault switch
    {
        Fault.Truncated => new(ImageFault.Truncated, $"The RAW file is truncated: {reason}. Only whole pictures are read; copy or upload it again."),
        Fault.Unsupported => new(ImageFault.Unsupported, $"The RAW file is not read: {reason}; mosaics of {BayerPatterns.Names} are."),
        Fault.TooLarge => new(ImageFault.TooLarge, $"The RAW file is too large: {reason}; at most {maxPixelCount} pixels are allowed ({ImagingOptions.SectionName}:{nameof(ImagingOptions.MaxPixelCount)})."),
        _ => new(ImageFault.Corrupt, $"The RAW file is corrupt: {reason}."),
    };

    private static RawPlanes Planes(float* values) => new(values[0], values[1], values[2], values[3]);

    private static string Text(byte* bytes, int most)
    {
        var text = new ReadOnlySpan<byte>(bytes, most);
        var end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    [LibraryImport(Library, EntryPoint = "darkroom_raw_open")]
    private static partial Fault Open(byte* bytes, nuint size, long maxPixels, Info* info, nint* handle, byte* message, int messageBytes);

    [LibraryImport(Library, EntryPoint = "darkroom_raw_copy")]
    private static partial void Copy(nint handle, ushort* values);

    [LibraryImport(Library, EntryPoint = "darkroom_raw_close")]
    private static partial void Close(nint handle);

    // As in raw.cpp.
    private struct Info
    {
        public const int MaxCameraBytes = 160;

        public int Width;
        public int Height;
        public int Pattern;
        public int Orientation;
        public fixed float Black[4];
        public fixed float White[4];
        public fixed float Balance[4];
        public fixed float Matrix[9];
        public float Exposure;
        public int HasExposure;
        public int HasMatrix;
        public int HasBalance;
        public fixed byte Camera[MaxCameraBytes];
    }
}
