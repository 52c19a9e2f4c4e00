using static TorchSharp.torch;

namespace Darkroom.Models.Training;

/// <summary>LLMRA's objectives.</summary>
/// <remarks>Jin et al. 2024, arXiv:2401.11401, eqs. (3), (9) and (10).</remarks>
public static class LlmraLosses
{
    /// <summary>L_rec: mean absolute error.</summary>
    /// <param name="restored">[B, 3, H, W].</param>
    /// <param name="reference">[B, 3, H, W].</param>
    /// <returns>A scalar; the caller disposes it.</returns>
    public static Tensor Reconstruction(Tensor restored, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return (restored - reference).abs().mean().MoveToOuterDisposeScope();
    }

    /// <summary>L_tri, eq. (3): draws the context to that of the accurate text and away from that of the false text.</summary>
    /// <param name="context">Z, [B, N, D].</param>
    /// <param name="positive">Z+, [B, N, D], from the accurate text without CEM.</param>
    /// <param name="negative">Z-, [B, N, D], from the false text without CEM.</param>
    /// <param name="margin">alpha, in squared units of Z summed over tokens and channels.</param>
    /// <returns>The sum over the batch, a scalar; the caller disposes it.</returns>
    public static Tensor Triplet(Tensor context, Tensor positive, Tensor negative, double margin)
    {
        using var scope = NewDisposeScope();
        var near = (context - positive).square().sum([1, 2]);                     // [B]
        var far = (context - negative).square().sum([1, 2]);
        return (near - far + margin).relu().sum().MoveToOuterDisposeScope();
    }
}
