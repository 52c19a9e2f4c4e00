using static TorchSharp.torch;

namespace Darkroom.Models.Layers;

/// <summary>Attention that never holds the scores of all queries at once when they are many.</summary>
/// <remarks>
/// Vaswani et al. 2017, arXiv:1706.03762, eq. (1). The queries are taken in chunks, each with its whole softmax, so the result
/// does not depend on the chunks (Rabe and Staats 2021, arXiv:2112.05682, without their running maximum, since a row of
/// scores fits easily). libtorch 1.13 has no fused kernel for the CPU.
/// </remarks>
public static class ScaledDotProduct
{
    /// <summary>Scores held at once: 16 MiB in float32, which a processor's last cache holds.</summary>
    public const long MaxScores = 4L << 20;

    /// <summary>softmax(Q K^T * scale + bias) V.</summary>
    /// <param name="query">[B, H, N, D].</param>
    /// <param name="key">[B, H, M, D].</param>
    /// <param name="value">[B, H, M, E].</param>
    /// <param name="scale">Factor on the scores, usually 1 / sqrt(D).</param>
    /// <param name="bias">Added to the scores, broadcastable to [B, H, N, M]; or null.</param>
    /// <param name="maxScores">Most scores held at once; at least one row is.</param>
    /// <returns>[B, H, N, E]; the caller disposes it.</returns>
    public static Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, Tensor? bias = null, long maxScores = MaxScores)
    {
        using var scope = NewDisposeScope();
        var count = query.shape[2];
        var scoresPerQuery = query.shape[0] * query.shape[1] * key.shape[2];
        var chunk = Math.Clamp(maxScores / Math.Max(1, scoresPerQuery), 1, Math.Max(1, count));
        var keys = (key * scale).transpose(-2, -1);                             // [B, H, D, M]; cheaper than scaling the scores
        if (chunk == count)
            return Chunk(query, keys, value, bias).MoveToOuterDisposeScope();

        var chunkCount = (count + chunk - 1) / chunk;
        chunk = (count + chunkCount - 1) / chunkCount;                          // all of a size, so that each fits where the last one was
        var parts = new List<Tensor>();
        for (var start = 0L; start < count; start += chunk)
        {
            var length = Math.Min(chunk, count - start);
            var own = bias is not null && bias.shape.Length >= 2 && bias.shape[^2] == count ? bias.narrow(-2, start, length) : bias;
            parts.Add(Chunk(query.narrow(2, start, length), keys, value, own));
        }

        return cat(parts, 2).MoveToOuterDisposeScope();
    }

    private static Tensor Chunk(Tensor query, Tensor keys, Tensor value, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var scores = query.matmul(keys);
        if (bias is not null)
            scores = scores + bias;
        return scores.softmax(-1).matmul(value).MoveToOuterDisposeScope();
    }
}
