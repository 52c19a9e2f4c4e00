namespace Darkroom.Workbench.Capacity;

/// <summary>A cluster in simulated time: requests come, devices work, some fail.</summary>
/// <remarks>
/// The order of work on a device is that of the silo itself, whose queue and caps are used: interactive before batch, tenants in
/// fair turns, one forward pass for whatever waits of one pipeline. A run goes where the directory would send it: where its wait is
/// expected to be the least.
/// </remarks>
public sealed class Simulation
{
    private readonly PriorityQueue<Action, (double Time, long Order)> events = new();
    private readonly List<SimulatedDevice> devices = [];
    private readonly List<SimulatedStream> streams = [];
    private readonly List<SimulatedRun> homeless = [];
    private readonly SimulationTrace trace;
    private long order;
    private int underWay;

    /// <summary>Sets it up.</summary>
    /// <exception cref="ArgumentException">The plan has a value that is not allowed.</exception>
    public Simulation(CapacityPlan plan)
    {
        plan.Validate();
        Plan = plan;
        trace = new SimulationTrace(plan);
        var seeds = new Random(plan.Seed);
        foreach (var pool in plan.Pools)
        {
            for (var i = 0; i < pool.Devices; i++)
                devices.Add(new SimulatedDevice(this, pool, seeds.Next()));
        }

        foreach (var stream in plan.Streams)
            Begin(new SimulatedStream(stream, plan.Pipelines.First(pipeline => pipeline.Name == stream.Pipeline), seeds.Next()));
    }

    /// <summary>Gets the plan.</summary>
    public CapacityPlan Plan { get; }

    /// <summary>Gets the time (s).</summary>
    internal double Now { get; private set; }

    /// <summary>Lets it go on to its end.</summary>
    public SimulationReport Run(CancellationToken cancellationToken = default)
    {
        if (Plan.WarmUpSeconds > 0)
            In(Plan.WarmUpSeconds, WarmedUp);
        In(0, Look);
        while (events.TryDequeue(out var happens, out var at) && at.Time <= Plan.DurationSeconds)
        {
            if ((order & 0xFFFF) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Now = at.Time;
            happens();
        }

        Now = Plan.DurationSeconds;
        devices.ForEach(device => device.Settle());
        return SimulationReport.Of(Plan, streams, devices, trace.Moments);
    }

    /// <summary>Has something happen later.</summary>
    internal void In(double seconds, Action happens) => events.Enqueue(happens, (Now + seconds, order++));

    /// <summary>Sends a run to the device with the least expected wait, or has it wait for one.</summary>
    internal void Place(SimulatedRun run)
    {
        SimulatedDevice? best = null;
        var (wait, count) = (double.MaxValue, int.MaxValue);
        foreach (var device in devices)
        {
            if (!device.Serves(run.Stream.Pipeline.Name))
                continue;
            var expected = device.ExpectedWait(run.Stream.Pipeline.Name);
            if (expected < wait || (expected == wait && device.RunCount < count))
                (best, wait, count) = (device, expected, device.RunCount);
        }

        if (best is null)
            homeless.Add(run);
        else
            best.Take(run);
    }

    /// <summary>Sends off what waits for a device at all.</summary>
    internal void PlaceWaiting()
    {
        var waiting = homeless.ToList();
        homeless.Clear();
        waiting.ForEach(Place);
    }

    /// <summary>Notes that a run is in a pass.</summary>
    internal void Stepping(SimulatedRun run)
    {
        if (run.FirstStep is not null)
            return;
        run.FirstStep = Now;
        if (run.Arrived >= Plan.WarmUpSeconds)
        {
            var wait = Math.Max(0, Now - run.Arrived - run.Stream.Pipeline.BeforeSeconds);
            run.Stream.Waits.Add(wait);
            trace.Waited(wait);
        }
    }

    /// <summary>Notes that a run has its result.</summary>
    internal void Completed(SimulatedRun run)
    {
        underWay--;
        trace.Completed++;
        if (run.Arrived >= Plan.WarmUpSeconds)
            run.Stream.Latencies.Add(Now - run.Arrived);
        if (run.Stream.Plan.Sessions is not null)
            In(run.Stream.Think(), () => Ask(run.Stream));
    }

    private void Begin(SimulatedStream stream)
    {
        streams.Add(stream);
        foreach (var at in stream.Plan.Arrivals ?? [])
            In(at, () => Ask(stream));
        if (stream.Plan.ImagesPerHour is not null)
            ArriveAt(stream, stream.NextArrival(0));
        for (var i = 0; i < stream.Plan.Sessions; i++)
            In(stream.Think(), () => Ask(stream));
    }

    private void ArriveAt(SimulatedStream stream, double time) => In(time - Now, () =>
    {
        Ask(stream);
        ArriveAt(stream, stream.NextArrival(Now));
    });

    private void Ask(SimulatedStream stream)
    {
        underWay++;
        Place(stream.Ask(Now));
    }

    private void WarmedUp()
    {
        foreach (var device in devices)
            device.Tally = new DeviceTally { Since = Now };
        foreach (var stream in streams)
            stream.Arrived = 0;
    }

    private void Look()
    {
        trace.Look(Now, underWay, devices);
        In(trace.Period, Look);
    }
}
