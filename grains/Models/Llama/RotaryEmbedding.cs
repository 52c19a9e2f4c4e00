using static TorchSharp.torch;

namespace Darkroom.Models.Llama;

/// <summary>Turns queries and keys by an angle that grows with their place, so that scores depend on distances alone.</summary>
/// <remarks>
/// Su et al. 2021, arXiv:2104.09864, eq. (34), in the layout of transformers' LLaMA files: a pair is channel i and channel
/// i + width / 2, not two neighbours. The angles are float32, whatever the weights are.
/// </remarks>
public sealed class RotaryEmbedding
{
    private readonly float[] frequencies;

    /// <summary>Makes the embedding.</summary>
    /// <param name="headWidth">Width of a head, even.</param>
    /// <param name="rotaryBase">Base of the wavelengths.</param>
    public RotaryEmbedding(long headWidth, double rotaryBase)
    {
        if (headWidth < 2 || headWidth % 2 != 0)
            throw new ArgumentException($"A head is {headWidth} wide; a rotary embedding needs an even width.", nameof(headWidth));
        using var scope = NewDisposeScope();                                    // by libtorch's pow: a last bit matters at place 2000
        var exponents = arange(0, headWidth, 2, dtype: ScalarType.Float32, device: CPU) / headWidth;
        frequencies = full_like(exponents, rotaryBase).pow(exponents).reciprocal().data<float>().ToArray();
    }

    /// <summary>The cosines and sines of some places.</summary>
    /// <param name="positions">Places, [B, N] integers.</param>
    /// <param name="dtype">Element type of the result.</param>
    /// <returns>Two times [B, 1, N, headWidth]; the caller disposes them.</returns>
    public (Tensor Cosine, Tensor Sine) Angles(Tensor positions, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var perPlace = tensor(frequencies, device: positions.device);
        var half = positions.to(ScalarType.Float32).unsqueeze(-1) * perPlace;   // [B, N, headWidth / 2]
        var angles = cat([half, half], -1).unsqueeze(1);                        // [B, 1, N, headWidth]
        return (angles.cos().to(dtype).MoveToOuterDisposeScope(), angles.sin().to(dtype).MoveToOuterDisposeScope());
    }

    /// <summary>Turns queries or keys.</summary>
    /// <param name="input">[B, heads, N, headWidth].</param>
    /// <param name="cosine">[B, 1, N, headWidth].</param>
    /// <param name="sine">[B, 1, N, headWidth].</param>
    /// <returns>[B, heads, N, headWidth]; the caller disposes it.</returns>
    public static Tensor Apply(Tensor input, Tensor cosine, Tensor sine)
    {
        using var scope = NewDisposeScope();
        var halves = input.chunk(2, dim: -1);
        var turned = cat([-halves[1], halves[0]], -1);
        return (input * cosine + turned * sine).MoveToOuterDisposeScope();
    }
}
