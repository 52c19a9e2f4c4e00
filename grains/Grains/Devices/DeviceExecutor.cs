using Darkroom.Contracts.Errors;
using Darkroom.Grains.Tenants;
using Darkroom.Models.Pipelines;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>One thread for one device. Each turn does one work item, or one forward pass for the tiles of several runs.</summary>
/// <remarks>
/// A run that arrives joins at the next turn; nobody waits for another run to finish. All work is done under
/// <c>inference_mode</c> and inside a dispose scope.
/// </remarks>
internal sealed partial class DeviceExecutor : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly DeviceQueue queue;
    private readonly DeviceOptions options;
    private readonly Func<string, string> classOf;
    private readonly TimeProvider time;
    private readonly ILogger<DeviceExecutor> logger;
    private readonly BatchCaps caps;
    private readonly StepBatch batches;
    private readonly DeviceWatchdog watchdog;
    private readonly Thread thread;
    private int refused;
    private bool isDisposed;
    private readonly TaskCompletionSource ready = new();

    /// <summary>Starts the thread; returns when the device is ready.</summary>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    /// <param name="name">The device's name, such as <c>cpu:0</c>.</param>
    /// <param name="loader">Loads models onto the device.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of what happens.</param>
    /// <param name="blobs">Keeps what was measured of a model for its next load, or null: it is measured again.</param>
    /// <param name="classOf">Tells the class of a tenant, or null: all are of one.</param>
    public DeviceExecutor(
        string name, IPipelineLoader loader, DeviceOptions options, TimeProvider time, ILogger<DeviceExecutor> logger, IBlobStore? blobs = null, Func<string, string>? classOf = null)
    {
        this.classOf = classOf ?? (_ => TenantOptions.DefaultClass);
        (Name, this.options, this.time, this.logger) = (name, options, time, logger);
        Device = name.StartsWith("cpu", StringComparison.Ordinal) ? CPU : new Device(name);
        queue = new DeviceQueue(options.QueueCapacity, time);
        caps = new BatchCaps(options.MaxBatchSize);
        batches = new StepBatch(name, caps, logger);
        watchdog = new DeviceWatchdog(options.HangTimeout / 4, time, OnHung);
        var shelf = new ModelShelf(options.ModelCapacityBytes(Device), options.MinimumResidency, time);
        Models = new ModelResidency(this, loader, new BatchProfiler(blobs, options, time, logger), shelf, time, logger);
        Kept = new KeptModels(Models, time);
        thread = new Thread(Loop) { Name = $"darkroom-{name}", IsBackground = true };
        thread.Start();
        ready.Task.GetAwaiter().GetResult();
        DeviceMetrics.Watch(this);
    }

    /// <summary>Gets the device's name, such as <c>cpu:0</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the device.</summary>
    public Device Device { get; }

    /// <summary>Gets the models in the device's memory.</summary>
    public ModelResidency Models { get; }

    /// <summary>Gets the models that are to stay there.</summary>
    public KeptModels Kept { get; }

    /// <summary>Gets what the work has cost lately.</summary>
    public DeviceLoad Load { get; } = new();

    /// <summary>Gets how many threads a forward pass uses on the CPU.</summary>
    public int Threads => options.Threads > 0 ? options.Threads : Environment.ProcessorCount;

    /// <summary>Gets how many items wait.</summary>
    public int QueueDepth => queue.Depth;

    /// <summary>Gets how often new runs were turned away because the queue was full.</summary>
    public int RefusedCount => Volatile.Read(ref refused);

    /// <summary>Gets how many items may wait before new runs are turned away.</summary>
    public int QueueCapacity => queue.Capacity;

    /// <summary>Gets whether the device does not come back from its work. It is marked as long as that lasts.</summary>
    public bool IsHung => watchdog.IsHung;

    /// <summary>Gets a task that ends when the device hangs.</summary>
    public Task Hung => watchdog.Hung;

    /// <summary>Gets how long a model may take to load.</summary>
    public TimeSpan LoadTimeout => options.LoadTimeout;

    /// <summary>Takes the caps that were measured of a model.</summary>
    public void Adopt(LoadedModel model, BatchProfile profile)
    {
        caps.Adopt(model, profile);
        Load.Stepped(model.Pipeline.Profile.Model, 1, TimeSpan.FromSeconds(profile.SecondsPerRow));
    }

    /// <summary>Forgets what was learned of a model that leaves the device; called on its thread.</summary>
    public void Forget(LoadedModel model) => caps.Forget(model);

    /// <summary>Refuses a device that hangs.</summary>
    /// <exception cref="DeviceUnavailableException">It hangs.</exception>
    public void ThrowIfHung()
    {
        if (IsHung)
            throw new DeviceUnavailableException($"The device {Name} hangs: its work takes longer than {DeviceOptions.SectionName}:{nameof(DeviceOptions.HangTimeout)} ({options.HangTimeout}).");
    }

    /// <summary>Runs a function on the device's thread.</summary>
    /// <param name="function">What to run; tensors that it does not detach from its dispose scope are disposed.</param>
    /// <param name="workClass">Whose work it is.</param>
    /// <param name="isAdmitted">Whether it belongs to a run that was let in already.</param>
    /// <param name="cancellationToken">Takes the work back as long as it waits.</param>
    /// <param name="allowed">How long it may take before the device counts as hanging, or null for the default.</param>
    /// <exception cref="DeviceBusyException">The queue is full.</exception>
    /// <exception cref="DeviceStoppingException">The device is stopping.</exception>
    public Task<T> RunAsync<T>(Func<T> function, WorkClass workClass, bool isAdmitted, CancellationToken cancellationToken, TimeSpan? allowed = null)
    {
        var work = new CallWork<T>(function, workClass, allowed, cancellationToken);
        Add(work, isAdmitted);
        return work.Completion;
    }

    /// <summary>Takes some steps of one tile, each in a batch with whatever else waits for the same forward pass.</summary>
    /// <returns>The latent after the last step; the caller owns it.</returns>
    /// <exception cref="DeviceStoppingException">The device is stopping.</exception>
    public Task<Tensor> StepAsync(StepWork work)
    {
        Add(work, isAdmitted: true);
        return work.Completion;
    }

    /// <summary>Stops the thread after the item it works on; what waits is cancelled.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        foreach (var work in queue.Close())
            work.Cancel();
        DeviceMetrics.Forget(this);
        watchdog.Dispose();
        if (Thread.CurrentThread == thread || !thread.Join(StopTimeout))
        {
            // A device that hangs must not keep the process; what it holds goes with the process.
            LogNotStopped(Name, StopTimeout);
            return;
        }

        queue.Dispose();
        Models.Dispose();
    }

    private void Add(DeviceWork work, bool isAdmitted)
    {
        switch (queue.TryAdd(work, isAdmitted))
        {
            case EnqueueOutcome.Full:
                Interlocked.Increment(ref refused);
                throw new DeviceBusyException($"{queue.Depth} work items wait for {Name}; at most {queue.Capacity} are allowed ({DeviceOptions.SectionName}:{nameof(DeviceOptions.QueueCapacity)}).");
            case EnqueueOutcome.Closed:
                throw new DeviceStoppingException($"The device {Name} is stopping.");
        }
    }

    private void Loop()
    {
        try
        {
            // libtorch keeps the thread count for each thread that runs operators.
            set_num_threads(Threads);
            LogStarted(Name, get_num_threads());
            ready.SetResult();
        }
#pragma warning disable CA1031 // Whoever starts the device hears of it; the process must not end.
        catch (Exception error)
#pragma warning restore CA1031
        {
            ready.SetException(error);
            return;
        }

        using var inference = inference_mode(true);
        while (queue.Take(caps.Of) is { Count: > 0 } taken)
        {
            var batch = taken.Where(Begin).ToList();
            if (batch.Count == 0)
                continue;
            watchdog.Begin((batch[0] as CallWork)?.Allowed ?? options.HangTimeout);
            var start = time.GetTimestamp();
            if (batch[0] is CallWork alone)
                Execute(alone);
            else
                Step(batch.ConvertAll(work => (StepWork)work));
            var share = time.GetElapsedTime(start) / batch.Count;
            foreach (var work in batch)
                DeviceMetrics.Worked(Name, work.Class, classOf(work.Class.Tenant), share);
            if (watchdog.End())
                LogCameBack(Name);
        }
    }

    private void OnHung(TimeSpan elapsed)
    {
        DeviceMetrics.Hung(Name);
        LogHangs(Name, elapsed);
    }

    private bool Begin(DeviceWork work)
    {
        work.Wait = time.GetElapsedTime(work.Enqueued);
        DeviceMetrics.Waited(Name, work.Class, classOf(work.Class.Tenant), work.Wait);
        if (!work.CancellationToken.IsCancellationRequested)
            return true;
        work.Cancel();
        return false;
    }

    private void Execute(CallWork work)
    {
        using var spans = DeviceSpans.Begin(Name, "device call", [work]);
        work.Execute();
    }

    private void Step(List<StepWork> rows)
    {
        var profile = rows[0].Model.Pipeline.Profile;
        using var spans = DeviceSpans.Begin(Name, "device step", rows);
        var start = time.GetTimestamp();
        batches.Execute(rows);
        var elapsed = time.GetElapsedTime(start);
        Load.Stepped(profile.Model, rows.Count, elapsed);
        DeviceMetrics.Stepped(Name, profile, rows.Count, elapsed);
        foreach (var row in rows)
        {
            if (!row.IsOver && queue.TryAdd(row, isAdmitted: true) != EnqueueOutcome.Accepted)
                row.Cancel();
        }

        LogStep(Name, rows.Count, profile.Model, elapsed.TotalMilliseconds);
    }
}
