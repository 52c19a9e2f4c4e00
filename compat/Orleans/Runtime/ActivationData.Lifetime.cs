using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

internal enum ActivationState
{
    Activating,
    Valid,
    Deactivating,
    Invalid,
}

// From the constructor of the grain to its disposal.
internal sealed partial class ActivationData
{
    private readonly IActivationOwner _owner;
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivationState _state = ActivationState.Activating;
    private DeactivationReason _reason;
    private DeactivationReason? _requested;
    private bool _isEnding;
    private SiloRuntime? _migrateTo;

    public void Start(RehydrationContext? rehydration) => Scheduler.QueueAction(() => _ = ActivateAsync(rehydration));

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_state == ActivationState.Activating)
            {
                _requested ??= deactivationReason;
                return;
            }

            if (_state != ActivationState.Valid)
                return;
            _state = ActivationState.Deactivating;
            _reason = deactivationReason;
            BeginDeactivationIfQuiet();
        }

        Enumerations.AbortAll();
    }

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = MigrateAsync(requestContext), null);

    /// <summary>The silo is dead: nothing of this activation runs any more, and nobody is told but the callers.</summary>
    public void Kill(Exception cause)
    {
        ActivationRequest[] lost;
        lock (_lock)
        {
            if (_state == ActivationState.Invalid)
                return;
            _state = ActivationState.Invalid;
            lost = [.. _running, .. _waiting];
            _running.Clear();
            _waiting.Clear();
        }

        Scheduler.Stop();
        StopTimers();
        _owner.Forget(this);
        foreach (var request in lost)
            request.Fail(cause);
        Enumerations.Clear();
        _deactivated.TrySetResult();
    }

    private async Task ActivateAsync(RehydrationContext? rehydration)
    {
        using var limit = new CancellationTokenSource(Silo.CollectionOptions.ActivationTimeout, Silo.Time);
        try
        {
            _scope = Silo.Services.CreateAsyncScope();
            _scope.ServiceProvider.GetRequiredService<GrainContextHolder>().Context = this;
            GrainInstance = Class.CreateInstance(this);
            (GrainInstance as ILifecycleParticipant<IGrainLifecycle>)?.Participate(_lifecycle);
            IncomingFilters = GrainInstance is IIncomingGrainCallFilter own ? [.. Silo.IncomingFilters, own] : Silo.IncomingFilters;
            if (rehydration is not null)
            {
                foreach (var participant in MigrationParticipants())
                    participant.OnRehydrate(rehydration);
            }

            await _lifecycle.StartAsync(limit.Token);
            if (GrainInstance is IGrainBase grain)
                await grain.OnActivateAsync(limit.Token);
        }
        catch (Exception exception)
        {
            Silo.Logger.LogActivationFailed(exception, GrainId);
            await EndFailedActivationAsync(exception);
            return;
        }

        lock (_lock)
        {
            if (_state == ActivationState.Invalid)
                return;
            _state = ActivationState.Valid;
            _lastUse = Silo.Time.GetTimestamp();
            if (_requested is null)
                Pump(all: true);
        }

        if (_requested is { } requested)
            Deactivate(requested);
    }

    private async Task EndFailedActivationAsync(Exception exception)
    {
        ActivationRequest[] waiting;
        lock (_lock)
        {
            _state = ActivationState.Invalid;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        StopTimers();
        _owner.Forget(this);
        Silo.Forget(this);
        foreach (var request in waiting)
            request.Fail(exception);
        await DisposeInstanceAsync();
        _deactivated.TrySetResult();
    }

    // Under the lock. Running requests are let run to their end; those that wait go to the next activation.
    private void BeginDeactivationIfQuiet()
    {
        if (_state != ActivationState.Deactivating || _running.Count > 0 || _isEnding)
            return;
        _isEnding = true;
        Scheduler.QueueAction(() => _ = EndAsync());
    }

    private async Task EndAsync()
    {
        StopTimers();
        using var limit = new CancellationTokenSource(Silo.CollectionOptions.DeactivationTimeout, Silo.Time);
        try
        {
            if (GrainInstance is IGrainBase grain)
                await grain.OnDeactivateAsync(_reason, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception)
        {
            Silo.Logger.LogDeactivationFailed(exception, GrainId);
        }

        var (target, luggage) = Dehydrate();
        try
        {
            await _lifecycle.StopAsync(limit.Token);
        }
        catch (Exception exception)
        {
            Silo.Logger.LogDeactivationFailed(exception, GrainId);
        }

        await DisposeInstanceAsync();
        ActivationRequest[] waiting;
        lock (_lock)
        {
            if (_state == ActivationState.Invalid)
                return;
            _state = ActivationState.Invalid;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        if (target is not null)
            _owner.Replace(this, target, luggage!);
        else
            _owner.Forget(this);
        Silo.Forget(this);
        foreach (var request in waiting)
            request.Reroute($"The activation was deactivated: {_reason}");
        _deactivated.TrySetResult();
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (GrainInstance as IDisposable)?.Dispose();
            await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            Silo.Logger.LogDeactivationFailed(exception, GrainId);
        }
    }

    private void StopTimers()
    {
        GrainTimer[] timers;
        lock (_lock)
        {
            timers = [.. _timers];
            _timers.Clear();
        }

        foreach (var timer in timers)
            timer.Dispose();
    }

    private async Task MigrateAsync(Dictionary<string, object>? requestContext)
    {
        try
        {
            var target = await Silo.Placement.ChooseAsync(Class, GrainId, Class.DefaultInterface, requestContext);
            if (target == Silo)
                return;
            lock (_lock)
                _migrateTo = target;
            Deactivate(new DeactivationReason(DeactivationReasonCode.Migrating, $"The grain migrates to {target.Address}."));
        }
        catch (Exception exception)
        {
            Silo.Logger.LogMigrationFailed(exception, GrainId);
        }
    }

    private (SiloRuntime? Target, RehydrationContext? Luggage) Dehydrate()
    {
        if (_migrateTo is not { } target || _reason.ReasonCode != DeactivationReasonCode.Migrating)
            return default;
        try
        {
            var luggage = new RehydrationContext(Silo.Serializer);
            foreach (var participant in MigrationParticipants())
                participant.OnDehydrate(luggage);
            return (target, luggage);
        }
        catch (Exception exception)
        {
            Silo.Logger.LogMigrationFailed(exception, GrainId);
            return default;
        }
    }

    private IEnumerable<IGrainMigrationParticipant> MigrationParticipants() =>
        GrainInstance is IGrainMigrationParticipant own ? _lifecycle.MigrationParticipants.Prepend(own) : _lifecycle.MigrationParticipants;
}
