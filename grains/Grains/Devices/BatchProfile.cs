namespace Darkroom.Grains.Devices;

/// <summary>How long forward passes of several sizes take on a device.</summary>
/// <param name="Shape">Shape of the latent of one row, such as <c>1x4x64x64</c>.</param>
/// <param name="Type">Element type of the latent.</param>
/// <param name="Passes">The passes that were measured, from one row up; each has twice the rows of the one before.</param>
internal sealed record BatchProfile(string Shape, string Type, IReadOnlyList<MeasuredPass> Passes)
{
    // A larger pass makes everybody in it wait longer, so it has to win this share of the throughput.
    private const double WorthwhileShare = 0.95;

    // How much longer than alone somebody may wait for each step because others are in the pass.
    private const double SharedPassRatio = 2;

    /// <summary>Gets how many rows to put into a pass while several tenants wait: the most that take not much longer than one row does, up to <see cref="Rows"/>.</summary>
    /// <remarks>A tenant with one run has a row in every pass; that of another tenant's crowd must not make each of its steps slow.</remarks>
    public int SharedRows => Math.Min(Rows, Passes.Last(pass => pass.Seconds <= SharedPassRatio * Passes[0].Seconds).Rows);

    /// <summary>Gets how many rows to put into a pass: the fewest that come close to the best throughput.</summary>
    public int Rows
    {
        get
        {
            var best = Passes.Max(pass => pass.Rows / pass.Seconds);
            return Passes.First(pass => pass.Rows / pass.Seconds >= WorthwhileShare * best).Rows;
        }
    }

    /// <summary>Gets how long a row takes in a pass of <see cref="Rows"/> (s).</summary>
    public double SecondsPerRow => Passes.Where(pass => pass.Rows == Rows).Select(pass => pass.Seconds / pass.Rows).First();
}

/// <summary>A forward pass that was measured.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record MeasuredPass(int Rows, double Seconds);
