namespace Darkroom.Models.T5;

/// <summary>Sorts distances between tokens into buckets: near ones each their own, far ones by the logarithm.</summary>
/// <remarks>Raffel et al. 2019, arXiv:1910.10683, section 2.1; as an encoder has it, with both directions.</remarks>
public static class T5RelativePosition
{
    /// <summary>The bucket of one distance.</summary>
    /// <param name="distance">Place of the key minus place of the query (tokens).</param>
    /// <param name="bucketCount">Buckets in all, a multiple of 4.</param>
    /// <param name="maxDistance">Distance from which all share the last bucket.</param>
    /// <returns>0 to bucketCount - 1; keys behind the query come in the upper half.</returns>
    public static int Bucket(long distance, int bucketCount, int maxDistance)
    {
        var half = bucketCount / 2;
        var offset = distance > 0 ? half : 0;
        var far = Math.Abs(distance);
        var exact = half / 2;
        if (far < exact)
            return offset + (int)far;

        // float32 in this order, as the reference: a distance at the edge of a bucket must fall on the same side.
        var logarithm = MathF.Log(far / (float)exact) / (float)Math.Log((double)maxDistance / exact) * (half - exact);
        return offset + Math.Min(exact + (int)logarithm, half - 1);
    }

    /// <summary>The buckets of all pairs.</summary>
    /// <param name="count">Number of tokens N.</param>
    /// <param name="bucketCount">Buckets in all, a multiple of 4.</param>
    /// <param name="maxDistance">Distance from which all share the last bucket.</param>
    /// <returns>N x N, a row a query.</returns>
    public static long[] Buckets(long count, int bucketCount, int maxDistance)
    {
        var byDistance = new long[(2 * count) - 1];                             // of -(N - 1) to N - 1
        for (var i = 0; i < byDistance.Length; i++)
            byDistance[i] = Bucket(i - (count - 1), bucketCount, maxDistance);
        var buckets = new long[count * count];
        for (var query = 0L; query < count; query++)
            Array.Copy(byDistance, count - 1 - query, buckets, query * count, count);
        return buckets;
    }
}
