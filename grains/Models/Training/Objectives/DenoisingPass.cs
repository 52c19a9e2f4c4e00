using static TorchSharp.torch;

namespace Darkroom.Models.Training.Objectives;

/// <summary>What came of a forward pass of a denoising network in training.</summary>
/// <param name="Clean">Latents without noise, [B, C, h, w].</param>
/// <param name="Noisy">Latents with noise, [B, C, h, w].</param>
/// <param name="Tokens">What the network attended to, [B, N, D].</param>
/// <param name="Answer">Its answer, [B, C, h, w].</param>
public sealed record DenoisingPass(Tensor Clean, Tensor Noisy, Tensor Tokens, Tensor Answer) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Clean, Noisy, Tokens, Answer])
            tensor.Dispose();
    }
}
