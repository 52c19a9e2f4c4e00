using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Darkroom.Tests.Compat.Orleans;

public interface ITimerGrain : IGrainWithStringKey
{
    Task Start(bool interleave);

    Task WaitForTicks(int count);

    Task<int> Occupied(int milliseconds);

    Task Finish();

    [AlwaysInterleave]
    Task<int> Ticks();

    Task StartOnceAndFail();
}

public sealed class TimerGrain : Grain, ITimerGrain, IDisposable
{
    private readonly SemaphoreSlim _ticked = new(0);
    private IGrainTimer? _timer;
    private int _ticks;

    public Task Start(bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            static (grain, token) =>
            {
                token.ThrowIfCancellationRequested();
                grain._ticks++;
                grain._ticked.Release();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public void Dispose() => _ticked.Dispose();

    public async Task WaitForTicks(int count)
    {
        for (var i = 0; i < count; i++)
            await _ticked.WaitAsync();
    }

    public async Task<int> Occupied(int milliseconds)
    {
        var before = _ticks;
        await Task.Delay(milliseconds);
        return _ticks - before;
    }

    public Task Finish()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public Task StartOnceAndFail()
    {
        this.RegisterGrainTimer(
            () =>
            {
                _ticks++;
                throw new InvalidOperationException("a tick that fails");
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromMilliseconds(1)));
        return Task.CompletedTask;
    }
}
