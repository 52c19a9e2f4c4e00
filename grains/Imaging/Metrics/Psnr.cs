namespace Darkroom.Imaging.Metrics;

/// <summary>Peak signal-to-noise ratio (dB).</summary>
public static class Psnr
{
    /// <summary>Compares two pictures.</summary>
    /// <param name="restored">The picture to judge.</param>
    /// <param name="reference">The ground truth, of the same size and number of channels.</param>
    /// <param name="planes">What is compared.</param>
    /// <returns>The ratio in dB; infinity for equal pictures.</returns>
    /// <exception cref="ArgumentException">The pictures differ in size or channels.</exception>
    public static double Compute(PlanarImage restored, PlanarImage reference, MeasuredPlanes planes = MeasuredPlanes.Channels8)
    {
        PlaneReader.CheckAlike(restored, reference);
        var (a, b) = (new PlaneReader(restored, planes), new PlaneReader(reference, planes));
        var (rowA, rowB) = (new double[restored.Width], new double[restored.Width]);
        var sum = 0.0;
        for (var plane = 0; plane < a.Count; plane++)
        {
            for (var y = 0; y < restored.Height; y++)
            {
                a.ReadRow(plane, y, rowA);
                b.ReadRow(plane, y, rowB);
                for (var x = 0; x < rowA.Length; x++)
                    sum += (rowA[x] - rowB[x]) * (rowA[x] - rowB[x]);
            }
        }

        var meanSquaredError = sum / ((double)restored.Width * restored.Height * a.Count);
        return 10 * Math.Log10(PlaneReader.Peak * PlaneReader.Peak / meanSquaredError);
    }
}
