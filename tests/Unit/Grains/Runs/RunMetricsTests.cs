using System.Diagnostics.Metrics;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains;
using Darkroom.Grains.Runs;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Runs;

public sealed class RunMetricsTests
{
    private static readonly RunRequest Request = new(new ImageRef(new string('a', 64), 8, 8, "image/png", 1), RunKind.Restore, "", null, new RestorationSettings(), "made-up");

    [Fact]
    public void CheckpointAge_OfTheRunThatKeptNothingForLongest_GrowsUntilItKeepsOrLeaves()
    {
        var time = new ManualTime();
        var (early, late) = (new RunState { Request = Request }, new RunState { Request = Request });
        RunMetrics.Begun(RunPriority.Batch, "t", isTakenUp: false);
        RunMetrics.Kept(early, time);
        time.Advance(TimeSpan.FromHours(1));
        RunMetrics.Kept(late, time);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(7200, Age());

        RunMetrics.Kept(early, time);
        Assert.Equal(3600, Age());
        RunMetrics.Left(late, RunPriority.Batch, "t");
        RunMetrics.Left(early, RunPriority.Batch, "t");
        Assert.InRange(Age(), 0, 3599);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("hash", "made-up")]
    public void Ended_OfAModelThatNoDeviceHad_DoesNotNameIt(string? modelHash, string? expected)
    {
        var models = new List<object?>();
        using var listener = Listen<long>("darkroom.run.outcome", tags =>
        {
            if (tags.GetValueOrDefault("tenant.class") is "of-this-test")
                models.Add(tags.GetValueOrDefault("model"));
        });
        var state = new RunState { Request = Request, Stage = RunStage.Failed, Error = new RunError(RunErrorCode.ModelNotFound, "none"), Model = "made-up", ModelHash = modelHash };

        RunMetrics.Ended(state, "of-this-test", TimeSpan.FromSeconds(1));

        Assert.Equal([expected], models);
    }

    private static double Age()
    {
        var age = -1.0;
        using var listener = Listen<double>("darkroom.run.checkpoint.age", _ => { }, value => age = value);
        listener.RecordObservableInstruments();
        return age;
    }

    private static MeterListener Listen<T>(string name, Action<Dictionary<string, object?>> tagged, Action<T>? measured = null)
        where T : struct
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, owner) =>
            {
                if (instrument.Meter.Name == DarkroomTelemetry.Name && instrument.Name == name)
                    owner.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<T>((_, value, tags, _) =>
        {
            tagged(tags.ToArray().ToDictionary());
            measured?.Invoke(value);
        });
        listener.Start();
        return listener;
    }
}
