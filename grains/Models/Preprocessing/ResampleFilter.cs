namespace Darkroom.Models.Preprocessing;

/// <summary>How a pixel is made of its neighbours when a picture changes size; widened when it shrinks, so that nothing aliases.</summary>
public enum ResampleFilter
{
    /// <summary>Triangle over 2 pixels.</summary>
    Bilinear,

    /// <summary>Cubic with a = -0.5 over 4 pixels.</summary>
    Bicubic,

    /// <summary>Windowed sinc over 6 pixels.</summary>
    Lanczos,
}
