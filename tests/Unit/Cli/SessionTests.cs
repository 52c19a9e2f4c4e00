using System.Text.Json.Nodes;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary><c>session</c> on the cluster in its own process, after a dialogue.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public SessionTests()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");
        ImageEncoder.EncodeFile(TestPictures.Smooth(40, 30), folder["photo.png"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Session_AfterADialogue_IsShownChangedAndDeleted()
    {
        await ChatAsync("<restore>\n<refine> brighter\n", folder["photo.png"]);

        Assert.StartsWith("SESSION", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Contains("* v2 from v1: <refine> brighter", (await RunAsync("show", "holiday")).Output, StringComparison.Ordinal);
        Assert.Equal("back at version v1", (await RunAsync("undo", "holiday")).Output.Trim());
        Assert.Equal("v0", (string?)Json(await RunAsync("branch", "holiday", "v0", "--json"))["currentVersionId"]);
        var compared = await RunAsync("compare", "holiday", "v1", "v2", "-o", folder["sheet.jpg"]);
        Assert.Contains("instruction:", compared.Output, StringComparison.Ordinal);
        var replayed = Json(await RunAsync("replay", "holiday", "v1", "--seed", "7", "-o", folder["again.tiff"], "--json"));
        Assert.Equal(("v3", folder["again.tiff"]), ((string?)replayed["versionId"], (string?)replayed["output"]));
        Assert.Equal(0, (await RunAsync("save", "holiday", "v1", "-o", folder["first.png"])).ExitCode);
        Assert.Equal(["again.tiff", "first.png", "photo.png", "photo.v1.png", "photo.v2.png", "sheet.jpg"], folder.Names.Where(name => !name.StartsWith("store", StringComparison.Ordinal)));
        Assert.Equal(File.ReadAllBytes(folder["photo.v1.png"]), File.ReadAllBytes(folder["first.png"]));

        Assert.Equal("deleted holiday", (await RunAsync("delete", "holiday")).Output.Trim());
        Assert.Empty((await RunAsync("list", "--json")).Output);
        Assert.Equal(2, (await RunAsync("delete", "holiday")).ExitCode);
    }

    [Fact]
    public async Task Chat_WithoutThePhotograph_GoesOnWithTheSession()
    {
        await ChatAsync("<restore>\n", folder["photo.png"]);

        var answers = await ChatAsync("/versions\n/dance\n/save later.jpg\n", "-o", folder.Path, "--json");

        var lines = answers.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["opened", "version", "version", "refused", "saved"], lines.Select(line => (string?)line["kind"]));
        Assert.Equal("v1", (string?)lines[2]["version"]!["id"]);
        Assert.True(new ImageDecoder(new ImagingOptions()).Identify(File.ReadAllBytes((string)lines[4]["output"]!)).Width == 40);
        File.Delete((string)lines[4]["output"]!);
    }

    [Theory]
    [InlineData("There is no session", "show", "nobody")]
    [InlineData("There is no session", "undo", "nobody")]
    [InlineData("The name of a session", "show", "a/b")]
    [InlineData("-o", "save", "holiday")]
    [InlineData("--format is for standard output", "save", "holiday", "-o", "out.png", "--format", "jpg")]
    [InlineData("--json answers on standard output", "save", "holiday", "-o", "-", "--json")]
    public async Task Session_UnusableInput_SaysWhy(string cause, params string[] arguments)
    {
        var result = await RunAsync([.. arguments.Select(word => word == "out.png" ? folder[word] : word)]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => CommandLineRun.RunAsync(["session", .. arguments, "--data", folder["store"]]);

    private async Task<ProcessResult> ChatAsync(string input, params string[] arguments)
    {
        var result = await CommandLineRun.RunAsync(input, ["chat", .. arguments, "--session", "holiday", "--data", folder["store"]]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result;
    }

    private static JsonNode Json(ProcessResult result) => JsonNode.Parse(result.Output)!;
}
