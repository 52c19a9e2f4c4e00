using Darkroom.Contracts.Devices;
using Darkroom.Grains.Devices;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class DeviceDirectoryTests
{
    private readonly ManualTime time = new();
    private readonly DeviceDirectory directory;

    public DeviceDirectoryTests() => directory = new DeviceDirectory(time);

    [Fact]
    public void Pick_NobodyReported_FindsNoDevices() => Assert.Equal(RouteOutcome.NoDevices, Pick("m").Outcome);

    [Fact]
    public void Pick_ResidentModel_GoesBeforeAShorterQueue()
    {
        directory.Add(Silo("a", depth: 0));
        directory.Add(Silo("b", depth: 5, "m"));
        Assert.Equal("b/cpu:0/m", Pick("m").Key);
    }

    [Fact]
    public void Pick_SeveralThatHaveTheModel_TakesTheLeastExpectedWaitNotTheShortestQueue()
    {
        directory.Add(Silo("slow", depth: 1, expectedWork: 20, resident: "m"));
        directory.Add(Silo("fast", depth: 5, expectedWork: 4, resident: "m"));
        Assert.Equal("fast/cpu:0/m", Pick("m").Key);
    }

    [Fact]
    public void Pick_ResidentModel_GoesFirstUntilItsRunsTakeLongerThanToLoadItElsewhere()
    {
        directory.Add(Silo("has", depth: 0, expectedWork: 9, resident: "m"));
        directory.Add(Silo("lacks", depth: 0, loadTime: 10));
        Assert.Equal("has/cpu:0/m", Pick("m").Key);
        directory.Add(Silo("has", depth: 0, expectedWork: 11, resident: "m"));
        Assert.Equal("lacks/cpu:0/m", Pick("m").Key);
    }

    [Fact]
    public void Pick_ManyBetweenReports_CountsTheTimeOfARunForEachSentThere()
    {
        directory.Add(Silo("quick", depth: 0, runTime: 1, resident: "m"));
        directory.Add(Silo("slow", depth: 0, runTime: 3, resident: "m"));
        Assert.Equal("qsqqsq", string.Concat(Enumerable.Range(0, 6).Select(_ => Pick("m").Key![..1])));
    }

    [Fact]
    public void Pick_FullQueue_GoesLast()
    {
        directory.Add(Silo("a", depth: 0));
        directory.Add(Silo("b", depth: 100, "m"));
        Assert.Equal("a/cpu:0/m", Pick("m").Key);
    }

    [Fact]
    public void Pick_ManyBetweenReports_SpreadsThem()
    {
        directory.Add(Silo("a", depth: 0, "m"));
        directory.Add(Silo("b", depth: 0, "m"));
        Assert.Equal(["a", "b", "a", "b"], Enumerable.Range(0, 4).Select(_ => Pick("m").Key![..1]));
    }

    [Fact]
    public void Pick_OneThatHasOtherTilesOfThePicture_IsTakenBeforeOneThatFailed()
    {
        directory.Add(Silo("a", depth: 0, "m"));
        directory.Add(Silo("b", depth: 0, expectedWork: 9, resident: "m"));
        directory.Add(Silo("c", depth: 0, "m"));
        Assert.Equal("b/cpu:0/m", directory.Pick(new PickRequest("m", ["c/cpu:0/m"], ["a/cpu:0/m"])).Key);
        Assert.Equal("a/cpu:0/m", directory.Pick(new PickRequest("m", ["c/cpu:0/m"], ["a/cpu:0/m", "b/cpu:0/m"])).Key);
    }

    [Fact]
    public void Pick_Avoided_IsTakenOnlyIfThereIsNoOther()
    {
        directory.Add(Silo("a", depth: 0, "m"));
        Assert.Equal("a/cpu:0/m", directory.Pick(new PickRequest("m", ["a/cpu:0/m"])).Key);
        directory.Add(Silo("b", depth: 50));
        Assert.Equal("b/cpu:0/m", directory.Pick(new PickRequest("m", ["a/cpu:0/m"])).Key);
    }

    [Fact]
    public void Pick_SilentSilo_IsForgottenAfterFiveSeconds()
    {
        directory.Add(Silo("a", depth: 0));
        time.Advance(TimeSpan.FromSeconds(3));
        directory.Add(Silo("b", depth: 0));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, directory.Reports().Length);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["b"], directory.Reports().Select(report => report.Silo));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(RouteOutcome.NoDevices, Pick("m").Outcome);
    }

    [Fact]
    public void Pick_StoppingSilo_TakesNothing()
    {
        directory.Add(Silo("a", depth: 0) with { IsStopping = true });
        Assert.Equal(RouteOutcome.NoDevices, Pick("m").Outcome);
    }

    [Fact]
    public void Pick_DeviceThatHangs_TakesNothingEvenIfItIsTheOnlyOne()
    {
        var hanging = Silo("a", depth: 0, "m");
        directory.Add(hanging with { Devices = [hanging.Devices[0] with { IsHung = true }] });
        Assert.Equal(RouteOutcome.NoDevices, Pick("m").Outcome);
        directory.Add(Silo("b", depth: 99));
        Assert.Equal("b/cpu:0/m", Pick("m").Key);
        directory.Add(hanging);
        Assert.Equal("a/cpu:0/m", Pick("m").Key);
    }

    [Fact]
    public void Pick_UnknownModel_NamesTheKnownOnes()
    {
        directory.Add(Silo("a", depth: 0));
        var route = Pick("other");
        Assert.Equal(RouteOutcome.NoModel, route.Outcome);
        Assert.Equal(["m", "n"], route.KnownModels);
    }

    [Fact]
    public void Pick_NoModelNamed_TakesTheDefault()
    {
        directory.Add(Silo("a", depth: 0));
        Assert.Equal("a/cpu:0/m", Pick(null).Key);
    }

    private DeviceRoute Pick(string? model) => directory.Pick(new PickRequest(model, []));

    private static SiloReport Silo(string name, int depth, params string[] resident) =>
        new(name, [new DeviceReport("cpu:0", depth, 100, [.. resident], LoadTime: TimeSpan.FromSeconds(5))], ["m", "n"], "m");

    private static SiloReport Silo(string name, int depth, double expectedWork = 0, double runTime = 0, double loadTime = 5, string? resident = null) => new(
        name,
        [new DeviceReport(
            "cpu:0", depth, 100, resident is null ? [] : [resident], false,
            TimeSpan.FromSeconds(expectedWork), TimeSpan.FromSeconds(runTime), TimeSpan.FromSeconds(loadTime))],
        ["m", "n"],
        "m");
}
