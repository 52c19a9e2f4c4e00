using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary><c>chat</c> from end to end with lines on its input, as a process of its own with the checkpoint that ships.</summary>
public sealed class ChatTests : IDisposable
{
    private readonly TestFolder folder = new();

    public ChatTests()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");
        ImageEncoder.EncodeFile(TestPictures.Smooth(40, 30), folder["photo.png"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Chat_DialogueOfTheFigure_AnswersAndWritesVersions()
    {
        var lines = await ChatAsync("Are you ready?", "<restore>", "<refine> It is still too dark.", "/undo", "/save chosen.jpg", "/versions", "/quit");
        Assert.Contains("I'm ready!", lines);
        Assert.Contains("No problem, here is the restored image.", lines);
        Assert.Contains("Back at version v1.", lines);
        Assert.Contains("* v1 from v0: <restore>", lines);
        Assert.Contains("  v2 from v1: <refine> It is still too dark.", lines);
        Assert.Equal(["chosen.jpg", "photo.png", "photo.v1.png", "photo.v2.png"], folder.Names);
    }

    [Fact]
    public async Task Chat_BranchReplayAndCompare_MakeAndTellOfVersions()
    {
        var lines = await ChatAsync("<restore>", "/replay --seed 7", "/compare v1 v2", "/branch v0", "/replay", "/replay v1", "/compare v1 v3", "/versions", "/replay v1 v2");
        Assert.Contains("Here is v1 again, with seed 7.", lines);
        Assert.Contains("  seed: 0 -> 7", lines);
        Assert.Contains("At version v0.", lines);
        Assert.Contains(lines, line => line.Contains("only what a run made can be made again", StringComparison.Ordinal));
        Assert.Contains("v1 and v3 were made with the same.", lines);
        Assert.Contains("* v3 from v0: <restore>", lines);
        Assert.Contains(lines, line => line.StartsWith("It is /replay", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(folder["photo.v1.png"]), File.ReadAllBytes(folder["photo.v3.png"]));
    }

    [Fact]
    public async Task Chat_Rounds_WriteAVersionEachAndSayWhyTheyEnd()
    {
        var lines = await ChatAsync("/rounds 2", "/versions", "/rounds many");
        Assert.Contains("No problem, here is the restored image.", lines);
        Assert.Contains(lines, line => line.Contains("rounds are done", StringComparison.Ordinal) || line.Contains("stopped changing", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("(chose llmra: 'llmra-compact' is small", StringComparison.Ordinal));
        Assert.Contains("photo.v1.png", folder.Names);
        Assert.StartsWith("Rounds are a number from 1 to 20", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_MistakesOfTheUser_AreToldAndTheDialogueGoesOn()
    {
        var lines = await ChatAsync("/save nowhere/out.png", "/checkout v9", "/undo", "/dance", "Are you ready?");
        Assert.Contains(lines, line => line.Contains("there is no folder", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("no such version", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("There is no command '/dance'", StringComparison.Ordinal));
        Assert.Equal("I'm ready!", lines[^1]);
    }

    [Fact]
    public async Task Chat_SameSessionInAnotherProcess_GoesOn()
    {
        await ChatAsync(["--session", "holiday", "--data", "store"], "<restore>");
        var lines = await ChatAsync(["--session", "holiday", "--data", "store"], "/versions");
        Assert.Contains("* v1 from v0: <restore>", lines);
    }

    [Fact]
    public async Task Chat_KilledWhileRestoring_FinishesTheVersionWhenItIsOpenedAgain()
    {
        ImageEncoder.EncodeFile(TestPictures.Smooth(1200, 700), folder["photo.png"]);
        string[] options = ["--session", "holiday", "--data", "store"];
        await CommandLineProcess.KillAsync(folder, "restoring", "<restore>\n", ["chat", "photo.png", .. options]);
        Assert.DoesNotContain("photo.v1.png", folder.Names);

        var lines = await ChatAsync(options, "/versions");
        Assert.Contains(lines, line => line.Contains("was not finished when the dialogue was left", StringComparison.Ordinal));
        Assert.Contains("* v1 from v0: <restore>", lines);
        Assert.Contains("photo.v1.png", folder.Names);
    }

    private Task<string[]> ChatAsync(params string[] input) => ChatAsync([], input);

    private async Task<string[]> ChatAsync(string[] options, params string[] input)
    {
        var result = await CommandLineProcess.DarkroomAsync(folder, string.Join('\n', input) + "\n", ["chat", "photo.png", .. options]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.TrimEnd().Split('\n');
    }
}
