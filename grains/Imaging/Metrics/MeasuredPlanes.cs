namespace Darkroom.Imaging.Metrics;

/// <summary>What a metric is measured on: which values of a pixel, and rounded or not.</summary>
public enum MeasuredPlanes
{
    /// <summary>Every channel, unrounded, peak 1. The mean over the channels.</summary>
    Channels,

    /// <summary>Every channel, rounded to 8 bit as a file would be. The mean over the channels.</summary>
    Channels8,

    /// <summary>One plane: the full-range luma (0.299, 0.587, 0.114), unrounded.</summary>
    Luma,

    /// <summary>One plane: Y of ITU-R BT.601 in 16..235 against a peak of 255, unrounded.</summary>
    StudioLuma,
}

/// <summary>Reads rows of what is measured, all scaled to 0..255.</summary>
internal readonly struct PlaneReader(PlanarImage picture, MeasuredPlanes planes)
{
    internal const double Peak = 255;

    internal int Count => planes is MeasuredPlanes.Channels or MeasuredPlanes.Channels8 ? picture.Channels : 1;

    internal void ReadRow(int plane, int y, Span<double> row)
    {
        if (planes is MeasuredPlanes.Channels or MeasuredPlanes.Channels8)
        {
            var source = picture.Row(plane, y);
            for (var x = 0; x < row.Length; x++)
                row[x] = planes == MeasuredPlanes.Channels ? source[x] * Peak : Math.Floor((Math.Clamp(source[x], 0f, 1f) * Peak) + 0.5);
            return;
        }

        var red = picture.Row(0, y);
        var green = picture.IsGrey ? red : picture.Row(1, y);
        var blue = picture.IsGrey ? red : picture.Row(2, y);
        for (var x = 0; x < row.Length; x++)
        {
            row[x] = planes == MeasuredPlanes.Luma
                ? Colour.Luma(red[x], green[x], blue[x]) * Peak
                : Colour.StudioLuma(red[x], green[x], blue[x]);
        }
    }

    internal static void CheckAlike(PlanarImage restored, PlanarImage reference)
    {
        if (restored.Width != reference.Width || restored.Height != reference.Height || restored.Channels != reference.Channels)
            throw new ArgumentException(
                $"The pictures differ in size or channels: {Describe(restored)} and {Describe(reference)}.", nameof(restored));
    }

    private static string Describe(PlanarImage picture) => $"{picture.Width} x {picture.Height} x {picture.Channels}";
}
