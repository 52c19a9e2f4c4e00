namespace Darkroom.Imaging;

/// <summary>sRGB (IEC 61966-2-1), linear light and luma.</summary>
public static class Colour
{
    private const double LinearLimit = 0.0031308, EncodedLimit = 0.04045, Slope = 12.92, Offset = 0.055, Exponent = 2.4;

    /// <summary>Turns an sRGB value into linear light. Negative values are mirrored, so that noise keeps its mean.</summary>
    public static float ToLinear(float encoded)
    {
        var magnitude = Math.Abs((double)encoded);
        var linear = magnitude <= EncodedLimit ? magnitude / Slope : Math.Pow((magnitude + Offset) / (1 + Offset), Exponent);
        return (float)Math.CopySign(linear, encoded);
    }

    /// <summary>Turns linear light into an sRGB value. Negative values are mirrored.</summary>
    public static float ToSrgb(float linear)
    {
        var magnitude = Math.Abs((double)linear);
        var encoded = magnitude <= LinearLimit ? magnitude * Slope : ((1 + Offset) * Math.Pow(magnitude, 1 / Exponent)) - Offset;
        return (float)Math.CopySign(encoded, linear);
    }

    /// <summary>Turns sRGB values into linear light in place.</summary>
    public static void ToLinear(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = ToLinear(values[i]);
    }

    /// <summary>Turns linear light into sRGB values in place.</summary>
    public static void ToSrgb(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = ToSrgb(values[i]);
    }

    /// <summary>Gets the full-range luma of ITU-R BT.601.</summary>
    public static double Luma(double red, double green, double blue) => (0.299 * red) + (0.587 * green) + (0.114 * blue);

    /// <summary>Gets the studio-range luma of ITU-R BT.601, 16..235, of values in 0..1: the Y that restoration papers measure on.</summary>
    public static double StudioLuma(double red, double green, double blue) => 16 + (65.481 * red) + (128.553 * green) + (24.966 * blue);
}
