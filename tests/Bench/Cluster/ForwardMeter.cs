using System.Diagnostics.Metrics;

namespace Darkroom.Bench.Cluster;

/// <summary>Adds up how long the silo's devices spent in forward passes, from the silo's own metrics.</summary>
internal sealed class ForwardMeter : IDisposable
{
    private const string MeterName = "Darkroom";
    private const string InstrumentName = "darkroom.step.duration";

    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private double seconds;

    public ForwardMeter()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MeterName && instrument.Name == InstrumentName)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, duration, _, _) =>
        {
            lock (gate)
                seconds += duration;
        });
        listener.Start();
    }

    /// <summary>Gets the time since the last reset (s).</summary>
    public double Seconds
    {
        get
        {
            lock (gate)
                return seconds;
        }
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        lock (gate)
            seconds = 0;
    }

    public void Dispose() => listener.Dispose();
}
