namespace Darkroom.Imaging.Resampling;

/// <summary>Which source pixels make each target pixel of one axis, and with what weights (they sum to 1).</summary>
internal sealed record ResampleAxis(int[] Starts, float[][] Weights)
{
    internal static ResampleAxis Create(int source, int target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target, 1);
        var (starts, weights) = (new int[target], new float[target][]);
        for (var i = 0; i < target; i++)
            (starts[i], weights[i]) = target < source ? Area(i, source, target) : Linear(i, source, target);
        return new ResampleAxis(starts, weights);
    }

    // The target pixel covers [i, i + 1) * source / target; each source pixel counts by the part of it that is covered.
    private static (int Start, float[] Weights) Area(int i, int source, int target)
    {
        var scale = source / (double)target;
        var (from, to) = (i * scale, Math.Min((i + 1) * scale, source));
        var start = (int)from;
        var end = Math.Min((int)Math.Ceiling(to), source);
        var weights = new float[end - start];
        for (var s = start; s < end; s++)
            weights[s - start] = (float)((Math.Min(s + 1, to) - Math.Max(s, from)) / (to - from));
        return (start, weights);
    }

    private static (int Start, float[] Weights) Linear(int i, int source, int target)
    {
        var centre = Math.Clamp(((i + 0.5) * source / target) - 0.5, 0, source - 1);
        var start = Math.Min((int)centre, Math.Max(source - 2, 0));
        var part = (float)(centre - start);
        return source == 1 ? (0, [1f]) : (start, [1f - part, part]);
    }
}
