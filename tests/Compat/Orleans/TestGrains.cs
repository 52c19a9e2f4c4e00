using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Darkroom.Tests.Compat.Orleans;

[GenerateSerializer]
public sealed record Order(string Name, int Count, List<string> Tags)
{
    [Id(0)]
    public DateTimeOffset At { get; init; }
}

[GenerateSerializer, Immutable]
public sealed record Frozen(byte[] Bytes);

public sealed record Unmarked(string Name);

[GenerateSerializer]
public sealed class OrderRejectedException : Exception
{
    public OrderRejectedException(string message, int allowed)
        : base(message) => Allowed = allowed;

    [Id(0)]
    public int Allowed { get; private set; }
}

public interface IEchoGrain : IGrainWithStringKey
{
    Task<Order> Echo(Order order);

    Task<bool> IsSame(Frozen frozen, [Immutable] List<int> items);

    Task Take(object anything);

    Task<object> Give();

    ValueTask<int> Add(int a, int b);

    Task<T> Generic<T>(T value);

    Task Reject(int allowed);

    Task<string> Where();

    Task<string> KeyOf(IEchoGrain other);

    Task<IEchoGrain> Self();

    Task<string?> Context(string key);
}

public sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEchoGrain
{
    public static ConcurrentDictionary<string, object> Seen { get; } = new();

    public Task<Order> Echo(Order order)
    {
        order.Tags.Add("seen by the grain");
        Seen[this.GetPrimaryKeyString()] = order;
        return Task.FromResult(order);
    }

    public Task<bool> IsSame(Frozen frozen, List<int> items) =>
        Task.FromResult(ReferenceEquals(frozen, Seen["frozen"]) && ReferenceEquals(items, Seen["items"]));

    public Task Take(object anything) => Task.CompletedTask;

    public Task<object> Give() => Task.FromResult<object>(new Unmarked("from the grain"));

    public ValueTask<int> Add(int a, int b) => new(a + b);

    public Task<T> Generic<T>(T value) => Task.FromResult(value);

    public async Task Reject(int allowed)
    {
        await Task.Yield();
        throw new OrderRejectedException($"at most {allowed}", allowed);
    }

    public Task<string> Where() => Task.FromResult(silo.Name);

    public async Task<string> KeyOf(IEchoGrain other) => $"{other.GetPrimaryKeyString()} on {await other.Where()}";

    public Task<IEchoGrain> Self() => Task.FromResult(this.AsReference<IEchoGrain>());

    public Task<string?> Context(string key) => Task.FromResult(RequestContext.Get(key) as string);
}

public interface ITurnGrain : IGrainWithStringKey
{
    Task<int> Overlap(int turns);

    Task Wait(string signal);

    [AlwaysInterleave]
    Task Give(string signal);

    [ReadOnly]
    Task<int> Read(string signal);

    Task<int> AskBack(ITurnGrain other, ITurnGrain self);

    Task<string> SchedulerCheck();

    [OneWay]
    Task Forget(string signal);

    [ResponseTimeout("00:00:00.200")]
    Task WaitBriefly(string signal);
}

public abstract class TurnGrainBase : Grain
{
    private int _inside;

    public static ConcurrentDictionary<string, TaskCompletionSource> Signals { get; } = new();

    public static TaskCompletionSource Signal(string name) =>
        Signals.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public async Task<int> Overlap(int turns)
    {
        var most = 0;
        _inside++;
        for (var i = 0; i < turns; i++)
        {
            most = Math.Max(most, _inside);
            await Task.Delay(1);
        }

        _inside--;
        return most;
    }

    public Task Wait(string signal) => Signal(signal).Task;

    public Task WaitBriefly(string signal) => Signal(signal).Task;

    public Task Give(string signal)
    {
        Signal(signal).TrySetResult();
        return Task.CompletedTask;
    }

    public async Task<int> Read(string signal)
    {
        _inside++;
        var inside = _inside;
        if (inside == 2)
            Signal(signal).TrySetResult();
        await Signal(signal).Task;
        _inside--;
        return inside;
    }

    public async Task<int> AskBack(ITurnGrain other, ITurnGrain self) => await other.AskBack(self, other);

    public async Task<string> SchedulerCheck()
    {
        var before = TaskScheduler.Current;
        await Task.Delay(1);
        await Task.Run(() => 1);
        return ReferenceEquals(before, TaskScheduler.Current) && !ReferenceEquals(before, TaskScheduler.Default) ? "same" : "left";
    }

    public Task Forget(string signal)
    {
        Signal(signal).TrySetResult();
        throw new InvalidOperationException("nobody hears this");
    }
}

public sealed class TurnGrain : TurnGrainBase, ITurnGrain;

public interface IReentrantGrain : ITurnGrain;

[Reentrant]
public sealed class ReentrantGrain : TurnGrainBase, IReentrantGrain;

public interface IStreamGrain : IGrainWithStringKey
{
    IAsyncEnumerable<int> Count(int limit, CancellationToken cancellationToken = default);

    IAsyncEnumerable<Order> Orders(Order first);

    IAsyncEnumerable<int> Fail();

    IAsyncEnumerable<Order> LastWords(Order last);

    Task Run(CancellationToken cancellationToken);

    [AlwaysInterleave]
    Task<int> Ping();
}

public sealed class StreamGrain : Grain, IStreamGrain
{
    public static ConcurrentDictionary<string, TaskCompletionSource<string>> Ended { get; } = new();

    public static TaskCompletionSource<string> EndOf(string key) =>
        Ended.GetOrAdd(key, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));

    public async IAsyncEnumerable<int> Count(int limit, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var outcome = "left";
        TurnGrainBase.Signal(this.GetPrimaryKeyString()).TrySetResult();
        try
        {
            for (var i = 0; i < limit; i++)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return i;
            }

            outcome = "completed";
            if (limit == 0)
                await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            EndOf(this.GetPrimaryKeyString()).TrySetResult(cancellationToken.IsCancellationRequested ? "cancelled" : outcome);
        }
    }

    public async IAsyncEnumerable<Order> Orders(Order first)
    {
        await Task.Yield();
        yield return first;
        first.Tags.Add("changed after it was given");
        yield return first;
    }

    public async IAsyncEnumerable<int> Fail()
    {
        yield return 1;
        await Task.Yield();
        throw new OrderRejectedException("no more", 1);
    }

    // The activation goes just before the item is there.
    public async IAsyncEnumerable<Order> LastWords(Order last)
    {
        await Task.Yield();
        DeactivateOnIdle();
        yield return last;
    }

    public async Task Run(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            EndOf(this.GetPrimaryKeyString()).TrySetResult(cancellationToken.IsCancellationRequested ? "cancelled" : "left");
        }
    }

    public Task<int> Ping() => Task.FromResult(1);
}

[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)]
    public int Value { get; set; }

    [Id(1)]
    public List<string> History { get; set; } = [];
}

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Increment();

    Task<int> Value();

    Task Clear();

    Task SpoilETag();

    Task Deactivate();

    Task<Guid> Activation();

    Task Migrate();

    Task<string> Where();
}

public sealed class CounterGrain(
    [PersistentState("counter", "shared")] IPersistentState<CounterState> state, ILocalSiloDetails silo) : Grain, ICounterGrain
{
    private readonly Guid _activation = Guid.NewGuid();

    public static ConcurrentQueue<(string Key, DeactivationReasonCode Reason)> Deactivations { get; } = new();

    public async Task<int> Increment()
    {
        state.State.Value++;
        state.State.History.Add($"to {state.State.Value}");
        await state.WriteStateAsync();
        return state.State.Value;
    }

    public Task<int> Value() => Task.FromResult(state.State.Value);

    public Task Clear() => state.ClearStateAsync();

    public Task SpoilETag()
    {
        SharedStorage.Touch(this.GetGrainId());
        return Task.CompletedTask;
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<Guid> Activation() => Task.FromResult(_activation);

    public Task Migrate()
    {
        MigrateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> Where() => Task.FromResult(silo.Name);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Deactivations.Enqueue((this.GetPrimaryKeyString(), reason.ReasonCode));
        return Task.CompletedTask;
    }
}

public interface INoteGrain : IGrainWithGuidKey
{
    Task Write(string text);

    Task<ImmutableArray<string>> Read();
}

[HashBasedPlacement]
public sealed class NoteGrain : Grain<ImmutableArray<string>>, INoteGrain
{
    public async Task Write(string text)
    {
        State = State.IsDefault ? [text] : State.Add(text);
        await WriteStateAsync();
    }

    public Task<ImmutableArray<string>> Read() => Task.FromResult(State.IsDefault ? [] : State);
}
