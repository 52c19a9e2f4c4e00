namespace Darkroom.Imaging.Drawing;

/// <summary>An sRGB colour, 0..1 a channel.</summary>
internal readonly record struct Ink(float Red, float Green, float Blue)
{
    internal static Ink White { get; } = new(1, 1, 1);

    internal static Ink Of(int rgb) => new(((rgb >> 16) & 255) / 255f, ((rgb >> 8) & 255) / 255f, (rgb & 255) / 255f);

    internal Ink Mix(Ink other, double part)
    {
        var t = (float)Math.Clamp(part, 0, 1);
        return new Ink(Red + (t * (other.Red - Red)), Green + (t * (other.Green - Green)), Blue + (t * (other.Blue - Blue)));
    }

    internal Ink Lit(double light) => new(Red * (float)light, Green * (float)light, Blue * (float)light);
}
