namespace Darkroom.Workbench.Capacity;

/// <summary>A stream under way: what comes when, and how it fared.</summary>
internal sealed class SimulatedStream
{
    private readonly Random random;
    private readonly PictureShare[] pictures;
    private readonly double shares;
    private readonly double peak;

    /// <summary>Begins it.</summary>
    public SimulatedStream(StreamPlan plan, PipelinePlan pipeline, int seed)
    {
        (Plan, Pipeline, random) = (plan, pipeline, new Random(seed));
        pictures = [.. pipeline.Pictures ?? [new PictureShare(1, 1)]];
        shares = pictures.Sum(picture => picture.Share);
        peak = plan.HourlyLoad?.Max() ?? 1;
    }

    /// <summary>Gets the plan.</summary>
    public StreamPlan Plan { get; }

    /// <summary>Gets what is asked for.</summary>
    public PipelinePlan Pipeline { get; }

    /// <summary>Gets how long each run waited from its request to its first step, less the time that its picture needs before it is on a device (s).</summary>
    public List<double> Waits { get; } = [];

    /// <summary>Gets how long each run took from its request to its result (s).</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Gets or sets how many were asked for.</summary>
    public int Arrived { get; set; }

    /// <summary>Tells when the next picture comes, for a stream of so many an hour.</summary>
    /// <remarks>A Poisson process of the highest rate, of which as many are left out as the hour asks for (thinning).</remarks>
    public double NextArrival(double now)
    {
        var rate = Plan.ImagesPerHour!.Value * peak / 3600;
        do
            now += Exponential(1 / rate);
        while (Plan.HourlyLoad is { } load && random.NextDouble() * peak >= load[(int)(now / 3600 % 24)]);
        return now;
    }

    /// <summary>Draws how long somebody thinks.</summary>
    public double Think() => Exponential(Plan.ThinkSeconds);

    /// <summary>Makes a picture that is asked for now.</summary>
    public SimulatedRun Ask(double now)
    {
        Arrived++;
        var draw = random.NextDouble() * shares;
        var picture = 0;
        while (picture < pictures.Length - 1 && draw >= pictures[picture].Share)
            draw -= pictures[picture++].Share;
        return new SimulatedRun(this, $"{Plan.Name}-{random.Next(Plan.Tenants)}", pictures[picture].Tiles, now);
    }

    private double Exponential(double mean) => -Math.Log(1 - random.NextDouble()) * mean;
}
