using Darkroom.Cli.CommandLine;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.CommandLine;

public sealed class OutputFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reserve_LeavesNothingBehind()
    {
        OutputFile.Reserve(folder["out.png"]);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Write_ReplacesTheFileAndLeavesNoPart()
    {
        folder.Write("out.png", "old"u8);
        OutputFile.Reserve(folder["out.png"]).Write(stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder["out.png"]));
        Assert.Equal(["out.png"], folder.Names);
    }

    [Fact]
    public void Write_FailsHalfway_KeepsTheOldFile()
    {
        folder.Write("out.png", "old"u8);
        var file = OutputFile.Reserve(folder["out.png"]);
        Assert.Throws<FormatException>(() => file.Write(stream =>
        {
            stream.Write("half"u8);
            throw new FormatException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["out.png"]));
        Assert.Equal(["out.png"], folder.Names);
    }

    [Fact]
    public void Write_ThroughLink_KeepsTheLink()
    {
        folder.Write("real.png", "old"u8);
        File.CreateSymbolicLink(folder["link.png"], folder["real.png"]);
        OutputFile.Reserve(folder["link.png"]).Write(stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder["real.png"]));
        Assert.NotNull(new FileInfo(folder["link.png"]).LinkTarget);
    }

    [Fact]
    public void Write_FolderIsGoneMeanwhile_SaysSo()
    {
        Directory.CreateDirectory(folder["sub"]);
        var file = OutputFile.Reserve(folder["sub/out.png"]);
        Directory.Delete(folder["sub"]);
        Assert.Contains("cannot be written", Assert.Throws<InputException>(() => file.Write(_ => { })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out.bmp")]
    [InlineData("")]
    public void ReservePicture_NoPictureName_IsRefused(string name) =>
        Assert.Throws<InputException>(() => OutputFile.ReservePicture(name.Length == 0 ? name : folder[name]));
}
