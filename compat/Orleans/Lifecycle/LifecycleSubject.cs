using System.Runtime.ExceptionServices;

namespace Orleans.Runtime;

/// <summary>Starts observers stage by stage upwards and stops the started ones downwards; within a stage all at once.</summary>
internal class LifecycleSubject : ILifecycleObservable
{
    private readonly Lock _lock = new();
    private readonly List<Subscription> _subscriptions = [];

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    protected List<int> StartedStages { get; } = [];

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, stage, observer);
        lock (_lock)
            _subscriptions.Add(subscription);
        return subscription;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var stage in Stages())
        {
            cancellationToken.ThrowIfCancellationRequested();
            StartedStages.Add(stage);
            await Task.WhenAll(At(stage).Select(s => s.Observer.OnStart(cancellationToken)));
            HighestCompletedStage = stage;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Exception? first = null;
        for (var i = StartedStages.Count - 1; i >= 0; i--)
        {
            foreach (var subscription in At(StartedStages[i]))
            {
                try
                {
                    await subscription.Observer.OnStop(cancellationToken);
                }
                catch (Exception exception)
                {
                    // One participant that cannot stop must not keep the others running.
                    first ??= exception;
                }
            }

            LowestStoppedStage = StartedStages[i];
        }

        StartedStages.Clear();
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }

    private int[] Stages()
    {
        lock (_lock)
            return [.. _subscriptions.Select(s => s.Stage).Distinct().Order()];
    }

    private Subscription[] At(int stage)
    {
        lock (_lock)
            return [.. _subscriptions.Where(s => s.Stage == stage)];
    }

    private sealed class Subscription(LifecycleSubject owner, int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        public void Dispose()
        {
            lock (owner._lock)
                owner._subscriptions.Remove(this);
        }
    }
}

internal sealed class SiloLifecycle : LifecycleSubject, ISiloLifecycle;

internal sealed class GrainLifecycle : LifecycleSubject, IGrainLifecycle
{
    public List<IGrainMigrationParticipant> MigrationParticipants { get; } = [];

    public void AddMigrationParticipant(IGrainMigrationParticipant participant) => MigrationParticipants.Add(participant);

    public void RemoveMigrationParticipant(IGrainMigrationParticipant participant) => MigrationParticipants.Remove(participant);
}
