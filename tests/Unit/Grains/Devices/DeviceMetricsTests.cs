using System.Diagnostics.Metrics;
using Darkroom.Contracts.Runs;
using Darkroom.Grains;
using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

/// <summary>What alerts go by.</summary>
public sealed class DeviceMetricsTests : IDisposable
{
    private const string Device = "cpu:41";

    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> seen = [];
    private readonly MeterListener listener = new();

    public DeviceMetricsTests()
    {
        listener.InstrumentPublished = (instrument, owner) =>
        {
            if (instrument.Meter.Name == DarkroomTelemetry.Name)
                owner.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
    }

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Device_ThatHangs_IsNotAvailableUntilItComesBack()
    {
        var options = new DeviceOptions { Threads = 1, ProfileTime = TimeSpan.Zero, HangTimeout = TimeSpan.FromMilliseconds(100) };
        using var executor = new DeviceExecutor(Device, new NoLoader(), options, TimeProvider.System, NullLogger<DeviceExecutor>.Instance, classOf: tenant => $"class-of-{tenant}");
        Assert.Equal(1, Last("darkroom.device.available"));
        Assert.Equal(0, Sum("darkroom.device.hangs"));

        using var block = new ManualResetEventSlim();
        var working = executor.RunAsync(() => { block.Wait(); return 0; }, new WorkClass(RunPriority.Batch, "acme"), isAdmitted: true, default);
        await executor.Hung;
        Assert.Equal(0, Last("darkroom.device.available"));
        Assert.Equal(1, Sum("darkroom.device.hangs"));

        block.Set();
        await working;
        // The device's thread notes the rest behind the work.
        await executor.RunAsync(() => 0, new WorkClass(RunPriority.Batch, "acme"), isAdmitted: true, default);
        Assert.Equal(1, Last("darkroom.device.available"));
        Assert.True(Sum("darkroom.device.time") > 0.1, "the time of the device was not counted");
        Assert.All(Of("darkroom.device.time"), one => Assert.Equal(("Batch", "class-of-acme"), (one.Tags["priority"], one.Tags["tenant.class"])));
        Assert.Equal(2, Of("darkroom.queue.wait").Count);
    }

    [Fact]
    public void Device_ThatIsDisposed_IsObservedNoLonger()
    {
        using (new DeviceExecutor(Device, new NoLoader(), new DeviceOptions { Threads = 1 }, TimeProvider.System, NullLogger<DeviceExecutor>.Instance))
            Assert.Equal(1, Last("darkroom.device.available"));
        Assert.Null(Last("darkroom.device.available"));
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.ToArray().ToDictionary();
        lock (seen)
        {
            if (labels.GetValueOrDefault("device") is Device)
                seen.Add((instrument.Name, value, labels));
        }
    }

    private double? Last(string name)
    {
        lock (seen)
            seen.RemoveAll(one => one.Name == name);
        listener.RecordObservableInstruments();
        return Of(name) is [.., var last] ? last.Value : null;
    }

    private double Sum(string name) => Of(name).Sum(one => one.Value);

    private List<(string Name, double Value, Dictionary<string, object?> Tags)> Of(string name)
    {
        lock (seen)
            return seen.FindAll(one => one.Name == name);
    }

    private sealed class NoLoader : IPipelineLoader
    {
        public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

        public Task<long> EstimateBytesAsync(string model) => throw new NotSupportedException();

        public LoadedModel Load(string model, torch.Device device) => throw new NotSupportedException();
    }
}
