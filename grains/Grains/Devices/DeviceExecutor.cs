using System.Diagnostics;
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
    private readonly TimeProvider time;
    private readonly ILogger<DeviceExecutor> logger;
    private readonly Thread thread;
    private int refused;
    private bool isDisposed;
    private readonly TaskCompletionSource ready = new();

    /// <summary>Starts the thread; returns when the device is ready.</summary>
    /// <exception cref="DllNotFoundException">libtorch is missing.</exception>
    public DeviceExecutor(string name, IPipelineLoader loader, DeviceOptions options, TimeProvider time, ILogger<DeviceExecutor> logger)
    {
        (Name, this.options, this.time, this.logger) = (name, options, time, logger);
        Device = name.StartsWith("cpu", StringComparison.Ordinal) ? CPU : new Device(name);
        queue = new DeviceQueue(options.QueueCapacity, time);
        Models = new ModelResidency(this, loader, time, logger);
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

    /// <summary>Gets how many items wait.</summary>
    public int QueueDepth => queue.Depth;

    /// <summary>Gets how often new runs were turned away because the queue was full.</summary>
    public int RefusedCount => Volatile.Read(ref refused);

    /// <summary>Gets how many items may wait before new runs are turned away.</summary>
    public int QueueCapacity => queue.Capacity;

    /// <summary>Runs a function on the device's thread.</summary>
    /// <param name="function">What to run; tensors that it does not detach from its dispose scope are disposed.</param>
    /// <param name="workClass">Whose work it is.</param>
    /// <param name="isAdmitted">Whether it belongs to a run that was let in already.</param>
    /// <param name="cancellationToken">Takes the work back as long as it waits.</param>
    /// <exception cref="DeviceBusyException">The queue is full.</exception>
    /// <exception cref="DeviceStoppingException">The device is stopping.</exception>
    public Task<T> RunAsync<T>(Func<T> function, WorkClass workClass, bool isAdmitted, CancellationToken cancellationToken)
    {
        var work = new CallWork<T>(function, workClass, cancellationToken);
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
        if (Thread.CurrentThread == thread || !thread.Join(StopTimeout))
        {
            // A device that hangs must not keep the process; what it holds goes with the process.
            LogHangs(Name, StopTimeout);
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
            set_num_threads(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
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
        while (queue.Take(options.MaxBatchSize) is { Count: > 0 } taken)
        {
            var batch = taken.Where(Begin).ToList();
            if (batch is [StepWork, ..])
                Step(batch.ConvertAll(work => (StepWork)work));
            else if (batch is [var alone])
                alone.Execute();
        }
    }

    private bool Begin(DeviceWork work)
    {
        DeviceMetrics.Waited(Name, time.GetElapsedTime(work.Enqueued));
        if (!work.CancellationToken.IsCancellationRequested)
            return true;
        work.Cancel();
        return false;
    }

    private void Step(List<StepWork> rows)
    {
        var profile = rows[0].Model.Pipeline.Profile;
        using var activity = DarkroomTelemetry.Source.StartActivity("device step", ActivityKind.Internal);
        activity?.SetTag("device", Name).SetTag("model", profile.Model).SetTag("darkroom.batch.size", rows.Count);
        var start = time.GetTimestamp();
        StepBatch.Execute(rows);
        var elapsed = time.GetElapsedTime(start);
        DeviceMetrics.Stepped(Name, profile.Model, profile.Name, rows.Count, elapsed);
        foreach (var row in rows)
        {
            if (!row.IsOver && queue.TryAdd(row, isAdmitted: true) != EnqueueOutcome.Accepted)
                row.Cancel();
        }

        LogStep(Name, rows.Count, profile.Model, elapsed.TotalMilliseconds);
    }
}
