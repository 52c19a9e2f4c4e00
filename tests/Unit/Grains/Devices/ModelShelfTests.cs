using Darkroom.Grains.Devices;
using Darkroom.Models.Pipelines;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class ModelShelfTests
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(30);

    private readonly ManualTime time = new();
    private readonly ModelShelf shelf;

    public ModelShelfTests() => shelf = new ModelShelf(100, Stay, time);

    [Fact]
    public void Add_WithoutRoom_TheLeastRecentlyUsedGoes()
    {
        var first = Load("a", 40);
        Load("b", 40);
        time.Advance(Stay);
        ModelShelf.Use(first);
        shelf.Release(first);

        var evicted = new List<ModelShelf.Entry>();
        shelf.Add("c", 50, evicted);
        Assert.Equal(["b"], evicted.Select(entry => entry.Name));
        Assert.Equal(90, shelf.SizeBytes);
    }

    [Fact]
    public void Add_WithoutRoom_AKeptModelGoesAfterAllOthersAsLongAsItIsKept()
    {
        Load("kept", 40);
        shelf.Keep("kept", 10 * Stay);
        time.Advance(Stay);
        Load("b", 40);
        time.Advance(Stay);
        var evicted = new List<ModelShelf.Entry>();
        shelf.Loaded(shelf.Add("c", 50, evicted), new LoadedModel(new StubPipeline(), null, 50));
        Assert.Equal(["b"], evicted.Select(entry => entry.Name));

        // It is no wall: when nothing else can go, it does.
        time.Advance(Stay);
        shelf.Add("huge", 1000, evicted);
        Assert.Equal(["b", "c", "kept"], evicted.Select(entry => entry.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Add_WithoutRoom_AModelThatIsKeptNoMoreGoesInItsTurn(bool byTime)
    {
        Load("a", 40);
        shelf.Keep("a", 3 * Stay);
        Load("b", 40);
        if (!byTime)
            shelf.Keep("a", TimeSpan.Zero);
        time.Advance(byTime ? 3 * Stay : Stay);
        var evicted = new List<ModelShelf.Entry>();
        shelf.Add("c", 50, evicted);
        Assert.Equal(["a"], evicted.Select(entry => entry.Name));
    }

    [Fact]
    public void Add_LargeModel_TakesThePlaceOfSeveral()
    {
        Load("a", 40);
        Load("b", 40);
        time.Advance(Stay);
        var evicted = new List<ModelShelf.Entry>();
        shelf.Add("huge", 1000, evicted);
        Assert.Equal(["a", "b"], evicted.Select(entry => entry.Name).Order());
    }

    [Fact]
    public void Add_ModelsInUse_StayAndTheNewOneIsTurnedAway()
    {
        ModelShelf.Use(Load("a", 80));
        time.Advance(Stay);
        var error = Assert.Throws<DeviceBusyException>(() => shelf.Add("b", 80 << 20, []));
        Assert.Contains("Device:ModelMebibytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a"], shelf.Entries.Select(entry => entry.Name));
    }

    [Fact]
    public void Add_ModelThatCameLately_StaysForItsTime()
    {
        Load("a", 80);
        time.Advance(Stay - TimeSpan.FromSeconds(1));
        Assert.Throws<DeviceBusyException>(() => shelf.Add("b", 80, []));
        time.Advance(TimeSpan.FromSeconds(1));
        var evicted = new List<ModelShelf.Entry>();
        shelf.Add("b", 80, evicted);
        Assert.Equal(["a"], evicted.Select(entry => entry.Name));
    }

    [Fact]
    public void Find_WhileAnotherModelWaits_TurnsNewRunsAwayOnceTheModelHasStayed()
    {
        var entry = Load("a", 80);
        ModelShelf.Use(entry);
        Assert.Throws<DeviceBusyException>(() => shelf.Add("b", 80, []));
        Assert.Same(entry, shelf.Find("a"));

        time.Advance(Stay);
        Assert.Throws<DeviceBusyException>(() => shelf.Add("b", 80, []));
        Assert.Throws<DeviceBusyException>(() => shelf.Find("a"));
        // Its last run ends, and the other one gets in: from then on it is the first one that waits.
        shelf.Release(entry);
        var evicted = new List<ModelShelf.Entry>();
        shelf.Add("b", 80, evicted);
        Assert.Equal(["a"], evicted.Select(gone => gone.Name));
        Assert.NotNull(shelf.Find("b"));
    }

    [Fact]
    public void Find_AfterWhoWaitedAsksNoMore_IsAllowedAgain()
    {
        var entry = Load("a", 80);
        ModelShelf.Use(entry);
        time.Advance(Stay);
        Assert.Throws<DeviceBusyException>(() => shelf.Add("b", 80, []));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(entry, shelf.Find("a"));
    }

    [Fact]
    public void TryEvict_WhenMemoryRanOut_TakesAlsoWhatCameLatelyButNothingInUse()
    {
        Load("a", 10);
        ModelShelf.Use(Load("b", 10));
        shelf.Add("loading", 10, []);
        Assert.Equal("a", shelf.TryEvict(isForced: true)!.Name);
        Assert.Null(shelf.TryEvict(isForced: true));
    }

    private ModelShelf.Entry Load(string model, long sizeBytes)
    {
        var entry = shelf.Add(model, sizeBytes, []);
        shelf.Loaded(entry, new LoadedModel(new StubPipeline(), null, sizeBytes));
        time.Advance(TimeSpan.FromSeconds(0.001));
        return entry;
    }
}
