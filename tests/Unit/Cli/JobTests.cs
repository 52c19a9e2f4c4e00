using System.Text.Json.Nodes;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary><c>job</c> from end to end on the cluster in its own process, with the checkpoint that ships.</summary>
public sealed class JobTests : IDisposable
{
    private readonly TestFolder folder = new();

    public JobTests()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");
        Directory.CreateDirectory(folder["photos/below"]);
        ImageEncoder.EncodeFile(TestPictures.Smooth(40, 30), folder["photos/good.png"]);
        ImageEncoder.EncodeFile(TestPictures.Smooth(24, 20), folder["photos/below/one #2.png"]);
        File.WriteAllText(folder["photos/notes.txt"], "no picture");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Create_FolderWithADamagedPicture_RestoresTheOthersAndSaysSo()
    {
        File.WriteAllBytes(folder["photos/bad.png"], File.ReadAllBytes(folder["photos/good.png"])[..60]);

        var created = await RunAsync("create", folder["photos"], "-o", folder["restored"], "--name", "trip");

        Assert.Equal((3, "1 file left out"), (created.ExitCode, created.Error.Split('\n')[0][..15]));
        Assert.Contains("pictures  2 of 3 restored, 1 given up", created.Output, StringComparison.Ordinal);
        Assert.Contains("given up  bad.png: ", created.Output, StringComparison.Ordinal);
        Assert.Equal(["below/one _2.png", "good.png"], Files("restored"));

        var results = await RunAsync("results", "trip", "--json");
        Assert.Equal(3, results.ExitCode);
        var outcomes = Lines(results).ToDictionary(line => (string)line["name"]!, line => (string?)line["outcome"]);
        Assert.Equal(("quarantined", "completed", 3), (outcomes["bad.png"], outcomes["good.png"], outcomes.Count));
        Assert.Equal("trip", (string?)Assert.Single(Lines(await RunAsync("list", "--json")))["jobId"]);

        // The same again: what was given up can be given up only once more, and a whole job leaves nothing to try.
        var retried = await RunAsync("retry", "trip", "--name", "again");
        Assert.Equal(3, retried.ExitCode);
        Assert.Contains("0 of 1 restored, 1 given up", retried.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Json_IsALineForEachChangeAndNothingElse()
    {
        var created = await RunAsync("create", folder["photos"], "--json", "-o", folder["restored"], "--instruction", "brighter");

        Assert.Equal(0, created.ExitCode);
        var lines = Lines(created);
        Assert.Contains(lines, line => (string?)line["stage"] == "completed" && (int)line["completed"]! == 2);
        Assert.Equal(2, lines.Count(line => line["output"] is { } path && File.Exists((string)path!)));
        Assert.Contains("nothing to try again", (await RunAsync("retry", (string)lines[0]["jobId"]!)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseAndCancel_OfAJobThatHasEnded_LeaveItAsItIs()
    {
        await RunAsync("create", folder["photos/good.png"], "--name", "done");

        foreach (var verb in (string[])["pause", "cancel", "status"])
            Assert.Contains("stage     completed", (await RunAsync(verb, "done")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("resume", "done")).ExitCode);
    }

    [Theory]
    [InlineData("A job needs pictures", "create")]
    [InlineData("There is no file or folder", "create", "missing")]
    [InlineData("leave the sources out", "create", "photos", "--prefix", "trip/")]
    [InlineData("--detach is for a server", "create", "photos", "--detach")]
    [InlineData("leave one of them out", "create", "photos", "--detach", "-o", "out")]
    [InlineData("There is no job", "status", "nobody")]
    [InlineData("There is no job", "results", "nobody", "-o", "out")]
    [InlineData("give --output FOLDER", "results", "nobody", "--format", "jpg")]
    [InlineData("allowed are integers", "list", "--limit", "0")]
    public async Task Job_UnusableInput_SaysWhy(string cause, params string[] arguments)
    {
        var result = await RunAsync([.. arguments.Select(word => word is "photos" or "missing" or "out" ? folder[word] : word)]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private Task<ProcessResult> RunAsync(params string[] arguments) => CommandLineRun.RunAsync(["job", .. arguments, "--data", folder["store"]]);

    private static List<JsonNode> Lines(ProcessResult result) => [.. result.Output.TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!)];

    private IEnumerable<string> Files(string name) =>
        Directory.GetFiles(folder[name], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder[name], path)).Order(StringComparer.Ordinal);
}
