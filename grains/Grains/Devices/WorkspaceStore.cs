using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Devices;

/// <summary>The workspaces of a silo, bounded by bytes. Room is made by dropping those that nobody asked for lately.</summary>
internal sealed class WorkspaceStore(IOptions<DeviceOptions> options, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, RunWorkspace> workspaces = new(StringComparer.Ordinal);
    private readonly HashSet<Reservation> reservations = [];

    /// <summary>Gets how many workspaces there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return workspaces.Count;
        }
    }

    /// <summary>Finds the workspace of a run, or of a part of it.</summary>
    public RunWorkspace? Find(string id)
    {
        lock (gate)
        {
            if (!workspaces.TryGetValue(id, out var workspace))
                return null;
            workspace.LastUsed = time.GetTimestamp();
            return workspace;
        }
    }

    /// <summary>Tells how long the runs of a device will keep it busy, as far as their steps were measured.</summary>
    public TimeSpan ExpectedWork(DeviceExecutor device)
    {
        lock (gate)
        {
            var prepared = workspaces.Values.Where(workspace => workspace.Device == device.Name)
                .Aggregate(TimeSpan.Zero, (sum, workspace) => sum + device.Load.Expect(workspace.Model.Pipeline.Profile.Model, workspace.StepsLeft));
            return prepared + (reservations.Count(reservation => reservation.Device == device.Name) * device.Load.RunTime);
        }
    }

    /// <summary>Makes room for a picture before it is decoded.</summary>
    /// <param name="sizeBytes">About how much memory the run will take.</param>
    /// <param name="device">Name of the device that will work on it.</param>
    /// <returns>The room; disposing it gives it back. Null if there is none now.</returns>
    public Reservation? TryReserve(long sizeBytes, string device)
    {
        var limit = (long)options.Value.WorkspaceMebibytes << 20;
        lock (gate)
        {
            while (workspaces.Count + reservations.Count > 0 && Used() + sizeBytes > limit)
            {
                var oldest = workspaces.Values
                    .Where(workspace => !workspace.IsWorking && time.GetElapsedTime(workspace.LastUsed) >= options.Value.WorkspaceIdle)
                    .MinBy(workspace => workspace.LastUsed);
                if (oldest is null)
                    return null;
                workspaces.Remove(oldest.Id);
                oldest.Dispose();
            }

            var reservation = new Reservation(this, sizeBytes, device);
            reservations.Add(reservation);
            return reservation;
        }
    }

    /// <summary>Keeps a workspace; one that the run had before is dropped.</summary>
    public void Add(RunWorkspace workspace)
    {
        lock (gate)
        {
            if (workspaces.Remove(workspace.Id, out var previous))
                previous.Dispose();
            workspace.LastUsed = time.GetTimestamp();
            workspaces.Add(workspace.Id, workspace);
        }
    }

    /// <summary>Drops the workspace of a run, or of a part of it, if it is there.</summary>
    public void Drop(string id)
    {
        lock (gate)
        {
            if (workspaces.Remove(id, out var workspace))
                workspace.Dispose();
        }
    }

    /// <summary>Drops a workspace, if the run has not got another one meanwhile.</summary>
    public void Drop(RunWorkspace workspace)
    {
        lock (gate)
        {
            if (workspaces.TryGetValue(workspace.Id, out var current) && current == workspace)
                workspaces.Remove(workspace.Id);
            workspace.Dispose();
        }
    }

    /// <summary>Lets all of them stop after their next step.</summary>
    /// <param name="maxIdle">Only those that were asked for within this time count.</param>
    /// <returns>How many there are.</returns>
    public int Yield(TimeSpan maxIdle)
    {
        lock (gate)
        {
            foreach (var workspace in workspaces.Values)
                workspace.Yield();
            return workspaces.Values.Count(workspace => workspace.IsWorking || time.GetElapsedTime(workspace.LastUsed) < maxIdle);
        }
    }

    /// <summary>Drops all.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var workspace in workspaces.Values)
                workspace.Dispose();
            workspaces.Clear();
        }
    }

    private long Used() => workspaces.Values.Sum(workspace => workspace.SizeBytes) + reservations.Sum(reservation => reservation.SizeBytes);

    private void Release(Reservation reservation)
    {
        lock (gate)
            reservations.Remove(reservation);
    }

    /// <summary>Room that is kept for a run while its picture is decoded.</summary>
    internal sealed class Reservation(WorkspaceStore store, long sizeBytes, string device) : IDisposable
    {
        /// <summary>Gets the name of the device that will work on it.</summary>
        public string Device { get; } = device;

        /// <summary>Gets how much room it is.</summary>
        public long SizeBytes { get; } = sizeBytes;

        /// <summary>Gives the room back, or lets the workspace take it.</summary>
        public void Dispose() => store.Release(this);
    }
}
