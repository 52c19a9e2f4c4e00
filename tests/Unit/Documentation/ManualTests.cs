using System.IO.Compression;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Cli;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Documentation;

/// <summary>The commands that the manual begins with, really run, one after another, as a shell reads them.</summary>
public sealed class ManualTests : IDisposable
{
    private readonly TestFolder folder = new();

    public ManualTests()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");
        Directory.CreateDirectory(folder["photos"]);
        Directory.CreateDirectory(folder["more"]);
        foreach (var name in (string[])["photo.jpg", "photos/a.png", "more/b.jpg"])
            ImageEncoder.EncodeFile(TestPictures.Smooth(24, 20), folder[name]);
        ZipFile.CreateFromDirectory(folder["photos"], folder["photos.zip"]);
        using var archive = ZipFile.Open(folder["photos.zip"], ZipArchiveMode.Update);
        using var damaged = archive.CreateEntry("damaged.jpg").Open();
        damaged.Write("no picture"u8);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task FirstBlock_EachCommand_DoesWhatItShows()
    {
        var codes = new Dictionary<string, int>();
        foreach (var command in await DocumentedBlock.FindAll().First(block => block.Page == "docs/cli.md").ReadAsync())
        {
            var result = await CommandLineRun.RunAsync("<restore>\n", [.. command.SelectMany(Place), "--data", folder["store"]]);
            Assert.True(result.ExitCode is 0 or 3, $"{string.Join(' ', command)}: {result.Error}");
            codes[string.Join(' ', command)] = result.ExitCode;
        }

        // One picture is damaged, which is told wherever it is met.
        Assert.Equal(3, codes.Values.Count(code => code == 3));
        foreach (var name in (string[])["photo.restored.jpg", "better.png", "photo.v1.jpg", "first.tiff", "restored/a.png", "restored/a.jpg", "restored/b.jpg"])
            Assert.True(File.Exists(folder[name]), $"{name} is missing");
    }

    // The test's process has another folder than a reader's shell.
    private string[] Place(string word) => word switch
    {
        "status" => ["cluster", "status"],
        "more/*.jpg" => [folder["more/b.jpg"]],
        "photo.jpg" or "better.png" or "first.tiff" or "photos/" or "photos.zip" or "restored/" => [folder[word]],
        _ => [word],
    };
}
