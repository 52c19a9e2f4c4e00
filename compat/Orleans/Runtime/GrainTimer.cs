namespace Orleans.Runtime;

/// <summary>A timer whose ticks are requests of its activation. The period runs from the end of one tick to the next.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly ActivationData _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _isTicking;
    private bool _wasChanged;
    private bool _isDisposed;

    public GrainTimer(ActivationData activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        Check(options.DueTime, nameof(options.DueTime));
        Check(options.Period, nameof(options.Period));
        _activation = activation;
        _callback = callback;
        _options = options;
        _dueTime = options.DueTime;
        _period = options.Period;
        _timer = activation.Silo.Time.CreateTimer(static timer => ((GrainTimer)timer!).Elapse(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => _timer.Change(_dueTime, Timeout.InfiniteTimeSpan);

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _dueTime = dueTime;
            _period = period;
            _wasChanged = true;
            if (!_isTicking)
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        _timer.Dispose();
        _cancellation.Cancel();
        _activation.ForgetTimer(this);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, time, "A timer's time is not negative, or Timeout.InfiniteTimeSpan.");
    }

    private void Elapse()
    {
        lock (_lock)
        {
            if (_isDisposed || _isTicking)
                return;
            _isTicking = true;
            _wasChanged = false;
        }

        if (!_activation.TryEnqueue(new Tick(this)))
            Dispose();
    }

    private void Rearm()
    {
        lock (_lock)
        {
            _isTicking = false;
            if (_isDisposed)
                return;
            var next = _wasChanged ? _dueTime : _period;
            if (next != Timeout.InfiniteTimeSpan)
                _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Tick(GrainTimer timer) : ActivationRequest
    {
        public override bool IsAlwaysInterleave => timer._options.Interleave;

        public override bool IsAbandoned => timer._isDisposed;

        public override bool CountsAsUse => timer._options.KeepAlive;

        public override async Task RunAsync(ActivationData activation)
        {
            try
            {
                await timer._callback(timer._cancellation.Token);
            }
            catch (OperationCanceledException) when (timer._cancellation.IsCancellationRequested)
            {
                // The timer was disposed during its tick.
            }
            catch (Exception exception)
            {
                // As in Orleans, a tick that fails does not end the timer.
                activation.Silo.Logger.LogTimerFailed(exception, activation.GrainId);
            }

            timer.Rearm();
        }

        public override void Fail(Exception exception) => timer.Dispose();

        public override void Reroute(string reason) => timer.Dispose();
    }
}
