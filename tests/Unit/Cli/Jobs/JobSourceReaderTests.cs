using System.IO.Compression;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Jobs;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Runs;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.Jobs;

public sealed class JobSourceReaderTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_FolderZipAndList_FindsThePicturesByName()
    {
        Directory.CreateDirectory(folder["photos/.hidden"]);
        foreach (var name in (string[])["photos/b.NEF", "photos/a#1.jpg", "photos/.hidden/c.png", "photos/read.me", "alone.tif"])
            File.WriteAllText(folder[name], name);
        Directory.CreateSymbolicLink(folder["photos/circle"], folder["photos"]);
        Zip(("z/inside.webp", "inside"), ("__MACOSX/z/._inside.webp", "x"), ("z/notes.txt", "x"));

        using var reader = Reader($"{folder["alone.tif"]}\n\n");
        var photos = reader.Read([folder["photos"], folder["all.zip"], "-"]);

        Assert.Equal(["a_1.jpg", "b.NEF", "z/inside.webp", "alone.tif"], photos.Select(photo => photo.Name));
        Assert.Equal(3, reader.LeftOut);
        using var content = new StreamReader(photos[2].Open());
        Assert.Equal("inside", content.ReadToEnd());
    }

    [Theory]
    [InlineData("../../etc/evil.png")]
    [InlineData("/etc/evil.png")]
    [InlineData("a/./evil.png")]
    [InlineData("..\\evil.png")]
    public void Read_ZipThatLeadsOut_IsRefused(string name)
    {
        Zip((name, "x"));
        using var reader = Reader();

        Assert.Contains("cannot be used", Assert.Throws<InputException>(() => reader.Read([folder["all.zip"]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EntryThatGrowsWithoutEnd_IsStopped()
    {
        Zip(("big.png", new string('x', 100_000)));
        using var archive = ZipFile.OpenRead(folder["all.zip"]);
        using var entry = new ArchiveEntry(archive.Entries[0], 10_000);

        Assert.Contains("more than 10000 bytes", Assert.Throws<InputException>(() => entry.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "There is no file or folder")]
    [InlineData("damaged.zip", "cannot be read")]
    [InlineData("empty", "There is no picture in")]
    [InlineData("twice", "Two pictures are called")]
    public void Read_Unusable_SaysWhy(string name, string cause)
    {
        File.WriteAllText(folder["damaged.zip"], "no archive");
        foreach (var path in (string[])["empty", "one", "two"])
            Directory.CreateDirectory(folder[path]);
        File.WriteAllText(folder["one/a.png"], "x");
        File.WriteAllText(folder["two/a.png"], "x");
        using var reader = Reader();

        var error = Assert.Throws<InputException>(() => reader.Read(name == "twice" ? [folder["one"], folder["two"]] : [folder[name]]));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, RunKind.Restore, "")]
    [InlineData("warmer", RunKind.Refine, "warmer")]
    [InlineData("<restore> it gently", RunKind.Restore, "it gently")]
    [InlineData("<refine> darker", RunKind.Refine, "darker")]
    public void Command_Instruction_IsReadAsInADialogue(string? instruction, RunKind kind, string words) =>
        Assert.Equal((kind, words), JobCreateCommand.Command(instruction));

    private static JobSourceReader Reader(string input = "") =>
        new(new Terminal(new StringReader(input), TextWriter.Null, TextWriter.Null, IsInputInteractive: false, IsOutputInteractive: false, IsErrorInteractive: false));

    private void Zip(params (string Name, string Text)[] entries)
    {
        using var archive = ZipFile.Open(folder["all.zip"], ZipArchiveMode.Create);
        foreach (var (name, text) in entries)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
