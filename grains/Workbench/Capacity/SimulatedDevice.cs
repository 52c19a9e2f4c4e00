using Darkroom.Grains.Devices;

namespace Darkroom.Workbench.Capacity;

/// <summary>A device: the silo's own queue with its rules, and one pass after the other.</summary>
internal sealed class SimulatedDevice
{
    private readonly Simulation simulation;
    private readonly Dictionary<string, DeviceTimes> times;
    private readonly List<string> resident = [];                                // the longest unused first
    private readonly HashSet<SimulatedRun> runs = [];
    private readonly Random random;
    private DeviceQueue queue = NewQueue();
    private IReadOnlyList<DeviceWork>? pass;
    private double passBegan;
    private double passSeconds;
    private int incarnation;

    /// <summary>Makes one that is idle.</summary>
    public SimulatedDevice(Simulation simulation, PoolPlan pool, int seed)
    {
        (this.simulation, Pool, random) = (simulation, pool, new Random(seed));
        times = pool.Pipelines.ToDictionary(one => one.Pipeline, StringComparer.Ordinal);
        resident.AddRange(pool.Pipelines.Take(pool.ResidentModels ?? int.MaxValue).Select(one => one.Pipeline));
        if (pool.HoursBetweenFailures is not null)
            FailLater();
    }

    /// <summary>Gets its kind.</summary>
    public PoolPlan Pool { get; }

    /// <summary>Gets whether it works at all.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Gets how many runs it has.</summary>
    public int RunCount => runs.Count;

    /// <summary>Gets or sets what it did, once that counts.</summary>
    public DeviceTally Tally { get; set; } = new();

    /// <summary>Gets what its runs will keep it busy with, less what is done of the pass under way (s).</summary>
    public double Backlog { get; private set; }

    /// <summary>Gets whether it is busy.</summary>
    public bool IsBusy => pass is not null;

    /// <summary>Tells whether it serves a pipeline.</summary>
    public bool Serves(string pipeline) => IsUp && times.ContainsKey(pipeline);

    /// <summary>Tells how long a new run would wait, as the cluster's directory does: for the runs there, and for the model.</summary>
    public double ExpectedWait(string pipeline) =>
        Math.Max(0, Backlog - (pass is null ? 0 : Math.Min(passSeconds, simulation.Now - passBegan))) + (resident.Contains(pipeline) ? 0 : times[pipeline].LoadSeconds);

    /// <summary>Takes a run; it is on the device from now on, and its picture is there a little later.</summary>
    public void Take(SimulatedRun run)
    {
        run.Device = this;
        runs.Add(run);
        Backlog += WorkOf(run);
        var here = incarnation;
        simulation.In(run.Stream.Pipeline.BeforeSeconds, () =>
        {
            if (here == incarnation)
                Add(run, resident.Contains(run.Stream.Pipeline.Name) ? FirstPhase(run) : RunPhase.Load);
        });
    }

    /// <summary>Counts the time of the pass under way up to now, where counting begins anew or ends.</summary>
    public void Settle()
    {
        if (pass is not null)
            Tally.BusySeconds += simulation.Now - Math.Max(passBegan, Tally.Since);
        else if (!IsUp)
            Tally.DownSeconds += simulation.Now - Math.Max(passBegan, Tally.Since);
    }

    private static DeviceQueue NewQueue() => new(int.MaxValue, TimeProvider.System);

    private RunPhase FirstPhase(SimulatedRun run) => times[run.Stream.Pipeline.Name] switch
    {
        { PrepareSeconds: > 0 } when run.StepsLeft == (long)run.Tiles * run.Stream.Pipeline.Steps => RunPhase.Prepare,
        { EncodeSeconds: > 0 } when run.Step == 0 => RunPhase.Encode,
        _ => RunPhase.Step,
    };

    private double WorkOf(SimulatedRun run)
    {
        var one = times[run.Stream.Pipeline.Name];
        var rows = one.Rows(isShared: false);
        return (run.StepsLeft * one.SecondsOf(rows) / rows) + one.PrepareSeconds + ((run.Tiles - run.TilesDone) * (one.EncodeSeconds + one.FinishSeconds));
    }

    private void Add(SimulatedRun run, RunPhase phase)
    {
        queue.TryAdd(new SimulatedWork(run, phase), isAdmitted: true);
        Begin();
    }

    private void Begin()
    {
        if (!IsUp || pass is not null || queue.Depth == 0)
            return;
        pass = queue.Take((group, isShared) => times[SimulatedWork.PipelineOf(group)].Rows(isShared));
        (passBegan, passSeconds) = (simulation.Now, Draw(pass));
        var here = incarnation;
        foreach (var work in pass.Cast<SimulatedWork>().Where(work => work.Phase == RunPhase.Step))
            simulation.Stepping(work.Run);
        simulation.In(passSeconds, () =>
        {
            if (here == incarnation)
                End();
        });
    }

    private double Draw(IReadOnlyList<DeviceWork> works)
    {
        var first = (SimulatedWork)works[0];
        var one = times[first.Run.Stream.Pipeline.Name];
        var mean = first.Phase switch
        {
            RunPhase.Load => resident.Contains(one.Pipeline) ? 0 : one.LoadSeconds,
            RunPhase.Prepare => one.PrepareSeconds,
            RunPhase.Encode => one.EncodeSeconds,
            RunPhase.Step => one.SecondsOf(works.Count),
            _ => one.FinishSeconds,
        };
        return one.Variation == 0 ? mean : Gamma.Draw(random, mean, one.Variation);
    }

    private void End()
    {
        var done = pass!;
        pass = null;
        Tally.BusySeconds += simulation.Now - Math.Max(passBegan, Tally.Since);
        if (((SimulatedWork)done[0]).Phase == RunPhase.Step)
        {
            Tally.Passes++;
            Tally.Rows += done.Count;
        }

        foreach (var work in done.Cast<SimulatedWork>())
            Advance(work);
        Begin();
    }

    private void Advance(SimulatedWork work)
    {
        var (run, one) = (work.Run, times[work.Run.Stream.Pipeline.Name]);
        switch (work.Phase)
        {
            case RunPhase.Load:
                Reside(one.Pipeline);
                Go(run, FirstPhase(run));
                break;
            case RunPhase.Prepare:
                Backlog -= one.PrepareSeconds;
                Go(run, one.EncodeSeconds > 0 ? RunPhase.Encode : RunPhase.Step);
                break;
            case RunPhase.Encode:
                Backlog -= one.EncodeSeconds;
                Go(run, RunPhase.Step);
                break;
            case RunPhase.Step:
                var rows = one.Rows(isShared: false);
                Backlog -= one.SecondsOf(rows) / rows;
                if (++run.Step < run.Stream.Pipeline.Steps)
                    GoOn(work);
                else if (one.FinishSeconds > 0)
                    Go(run, RunPhase.Finish);
                else
                    EndTile(run, one);
                break;
            default:
                Backlog -= one.FinishSeconds;
                EndTile(run, one);
                break;
        }
    }

    private void EndTile(SimulatedRun run, DeviceTimes one)
    {
        (run.Step, run.TilesDone) = (0, run.TilesDone + 1);
        if (run.TilesDone < run.Tiles)
        {
            Go(run, one.EncodeSeconds > 0 ? RunPhase.Encode : RunPhase.Step);
            return;
        }

        runs.Remove(run);
        run.Device = null;
        // What is left is the rounding of many small differences.
        if (runs.Count == 0)
            Backlog = 0;
        Tally.Images++;
        simulation.In(run.Stream.Pipeline.AfterSeconds, () => simulation.Completed(run));
    }

    // A checkpoint is written while others go on: the next pass begins without this run.
    private void GoOn(SimulatedWork work)
    {
        var pipeline = work.Run.Stream.Pipeline;
        if (work.Run.Step % pipeline.CheckpointEverySteps == 0 && pipeline.CheckpointSeconds > 0)
            Go(work.Run, RunPhase.Step, pipeline.CheckpointSeconds);
        else
            queue.TryAdd(work, isAdmitted: true);
    }

    // Between two pieces of work a run is in the hands of the silo's threads.
    private void Go(SimulatedRun run, RunPhase phase, double seconds = 0)
    {
        var here = incarnation;
        simulation.In(simulation.Plan.HopSeconds + seconds, () =>
        {
            if (here == incarnation)
                Add(run, phase);
        });
    }

    private void Reside(string pipeline)
    {
        resident.Remove(pipeline);
        while (resident.Count >= (Pool.ResidentModels ?? int.MaxValue))
            resident.RemoveAt(0);
        resident.Add(pipeline);
    }

    private void FailLater() => simulation.In(Gamma.Draw(random, Pool.HoursBetweenFailures!.Value * 3600, 1), Fail);

    private void Fail()
    {
        Settle();
        incarnation++;
        queue.Close();
        queue.Dispose();
        queue = NewQueue();
        (IsUp, pass, passBegan, Backlog) = (false, null, simulation.Now, 0);
        var orphans = runs.ToList();
        runs.Clear();
        resident.Clear();
        Tally.Failures++;
        foreach (var run in orphans)
            Tally.LostSteps += run.FallBack();
        simulation.In(Pool.DetectSeconds, () => orphans.ForEach(simulation.Place));
        simulation.In(Pool.RepairMinutes * 60, () =>
        {
            Tally.DownSeconds += simulation.Now - Math.Max(passBegan, Tally.Since);
            IsUp = true;
            FailLater();
            simulation.PlaceWaiting();
        });
    }
}

/// <summary>What a device did.</summary>
internal sealed class DeviceTally
{
    /// <summary>Gets from when on it counts.</summary>
    public double Since { get; init; }

    /// <summary>Gets or sets how long it was busy (s).</summary>
    public double BusySeconds { get; set; }

    /// <summary>Gets or sets how long it was away (s).</summary>
    public double DownSeconds { get; set; }

    /// <summary>Gets or sets its forward passes.</summary>
    public long Passes { get; set; }

    /// <summary>Gets or sets the rows of all of them.</summary>
    public long Rows { get; set; }

    /// <summary>Gets or sets the pictures that it made.</summary>
    public long Images { get; set; }

    /// <summary>Gets or sets how often it failed.</summary>
    public int Failures { get; set; }

    /// <summary>Gets or sets the steps that were done in vain.</summary>
    public long LostSteps { get; set; }
}
