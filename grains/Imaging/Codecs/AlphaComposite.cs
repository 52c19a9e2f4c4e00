namespace Darkroom.Imaging.Codecs;

/// <summary>Removes transparency for formats that have none.</summary>
internal static class AlphaComposite
{
    /// <summary>Lays a picture on white; an opaque picture is returned as it is.</summary>
    internal static PlanarImage OnWhite(PlanarImage picture)
    {
        if (picture.Alpha is not { } alpha)
            return picture;
        var result = new PlanarImage(picture.Width, picture.Height, picture.IsGrey, picture.BitDepth) { Metadata = picture.Metadata };
        for (var c = 0; c < picture.Channels; c++)
        {
            var source = picture.Plane(c);
            var target = result.Plane(c);
            for (var i = 0; i < source.Length; i++)
                target[i] = (source[i] * alpha[i]) + 1f - alpha[i];
        }

        return result;
    }
}
