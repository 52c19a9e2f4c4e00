using Darkroom.Tests.Unit.Cli;
using Darkroom.Workbench.Evaluation;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed class EvaluationSetTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Clean_Folder_ListsPicturesInOrder()
    {
        Fill("set", "b.png", "a.JPG", "notes.txt", "c.tif");
        Assert.Equal(["a.JPG", "b.png", "c.tif"], EvaluationSet.Clean(folder["set"]).Select(item => item.Name));
    }

    [Fact]
    public void Clean_File_IsOnePicture()
    {
        Fill("set", "a.png");
        Assert.Equal("a.png", Assert.Single(EvaluationSet.Clean(folder["set/a.png"])).Name);
    }

    [Theory]
    [InlineData("nowhere", "no file or folder")]
    [InlineData("empty", "has no pictures")]
    public void Clean_NothingThere_SaysSo(string name, string cause)
    {
        Fill("empty", "notes.txt");
        Assert.Contains(cause, Assert.Throws<ArgumentException>(() => EvaluationSet.Clean(folder[name])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_EqualNames_ArePairedByName()
    {
        Fill("noisy", "2.jpg", "1.jpg");
        Fill("clean", "1.png", "2.png", "3.png");
        Assert.Equal([("1.jpg", "1.png"), ("2.jpg", "2.png")], Pairs());
    }

    [Fact]
    public void Pairs_OtherNames_ArePairedByOrder()
    {
        Fill("noisy", "rain-002.png", "rain-001.png");
        Fill("clean", "norain-001.png", "norain-002.png");
        Assert.Equal([("rain-001.png", "norain-001.png"), ("rain-002.png", "norain-002.png")], Pairs());
    }

    [Fact]
    public void Pairs_OtherNamesAndCounts_AreRefusedByName()
    {
        Fill("noisy", "a.png", "b.png");
        Fill("clean", "a.png");
        var message = Assert.Throws<ArgumentException>(() => Pairs()).Message;
        Assert.Contains("2 pictures", message, StringComparison.Ordinal);
        Assert.Contains("b.png", message, StringComparison.Ordinal);
    }

    private IEnumerable<(string Degraded, string Reference)> Pairs() => EvaluationSet.Pairs(folder["noisy"], folder["clean"])
        .Select(item => (Path.GetFileName(item.DegradedPath!), Path.GetFileName(item.ReferencePath!)));

    private void Fill(string name, params string[] files)
    {
        Directory.CreateDirectory(folder[name]);
        foreach (var file in files)
            folder.Write(Path.Combine(name, file), []);
    }
}
