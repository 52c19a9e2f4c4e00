using System.Text.Json.Nodes;
using Darkroom.Cli;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Remote;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;
using Darkroom.Tests.Unit.Cli;

namespace Darkroom.Tests.Gateway;

/// <summary>The command line against a server.</summary>
public sealed class CommandLineTests : IClassFixture<GatewayApp>, IDisposable
{
    private readonly GatewayApp app;
    private readonly TestFolder folder = new();

    public CommandLineTests(GatewayApp app)
    {
        this.app = app;
        File.WriteAllBytes(folder["photo.png"], TestPictures.Png().ToArray());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restore_Server_WritesWhatTheServerMade()
    {
        var result = await RunAsync("restore", folder["photo.png"], "-o", folder["out.png"], "--seed", "5", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        var report = JsonNode.Parse(result.Output)!;
        Assert.Equal((TestPipeline.ModelName, folder["out.png"]), ((string?)report["model"], (string?)report["output"]));
        var (before, after) = (Mean("photo.png"), Mean("out.png"));
        Assert.True(after > before, $"{after} is not brighter than {before}");
        Assert.Equal("completed", (string?)(await app.Http.GetAsync($"/v1/runs/{report["run"]}").JsonAsync())["stage"]);
    }

    [Fact]
    public async Task Chat_RestoreRefineUndoAndRounds_AreAnsweredAndSaved()
    {
        var result = await CommandLineRun.RunAsync(
            "<restore>\n<refine> warmer\n/undo\n/versions\n/compare v1 v2\n/replay v1 --seed 9\n/branch v9\n/rounds 2\n",
            ["chat", folder["photo.png"], "--session", "talk", "--server", Server]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("Back at version v1.", result.Output, StringComparison.Ordinal);
        Assert.Contains("* v1 from v0: <restore>", result.Output, StringComparison.Ordinal);
        Assert.Contains("  v2 from v1: <refine> warmer", result.Output, StringComparison.Ordinal);
        Assert.Contains("differ in:", result.Output, StringComparison.Ordinal);
        Assert.Contains("Here is v1 again, with seed 9.", result.Output, StringComparison.Ordinal);
        Assert.Contains("no such version", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["photo.v2.png"]) && File.Exists(folder["photo.v4.png"]), result.Output);

        Assert.Contains("talk", (await RunAsync("session", "list")).Output, StringComparison.Ordinal);
        Assert.Equal("v0", (string?)JsonNode.Parse((await RunAsync("session", "branch", "talk", "v0", "--json")).Output)!["currentVersionId"]);
        Assert.Equal(0, (await RunAsync("session", "save", "talk", "v2", "-o", folder["kept.png"])).ExitCode);
        Assert.Equal("deleted talk", (await RunAsync("session", "delete", "talk")).Output.Trim());
        Assert.Equal(2, (await RunAsync("session", "show", "talk")).ExitCode);
    }

    [Fact]
    public async Task Job_FolderWithADamagedPicture_RestoresTheOthersAndSaysSo()
    {
        Directory.CreateDirectory(folder["photos/below"]);
        File.WriteAllBytes(folder["photos/one.png"], TestPictures.Png().ToArray());
        File.WriteAllBytes(folder["photos/below/two.png"], TestPictures.Png(TestPictures.Slope(20, 20)).ToArray());
        File.WriteAllText(folder["photos/broken.jpg"], "no picture");

        var result = await RunAsync("job", "create", folder["photos"], "-o", folder["restored"], "--name", "trip", "--instruction", "brighter");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("2 of 3 restored, 1 given up", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["restored/one.png"]) && File.Exists(folder["restored/below/two.png"]));
        Assert.Equal("trip", (string?)JsonNode.Parse((await RunAsync("job", "status", "trip", "--json")).Output)!["jobId"]);
        Assert.Equal(3, (await RunAsync("job", "retry", "trip", "--name", "again")).ExitCode);
        Assert.Contains("again", (await RunAsync("job", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_DetachedThenWatched_Ends()
    {
        var started = await RunAsync("job", "create", folder["photo.png"], "--name", "later", "--detach", "--json");

        Assert.True(started.ExitCode == 0, started.Error);
        Assert.Equal("later", (string?)JsonNode.Parse(started.Output)!["jobId"]);
        Assert.Contains("1 of 1 restored", (await RunAsync("job", "watch", "later")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_CtrlC_CancelsTheRunOnTheServer()
    {
        var pause = app.Log.PauseAt(row => row.Seed == 4711);
        try
        {
            await using var cluster = await RemoteCluster.OpenAsync(app.Address, null, new ModelChoice(), CancellationToken.None);
            using var interrupt = new CancellationTokenSource();
            var session = await cluster.OpenSessionAsync(TestPictures.Png().ToArray(), null, interrupt.Token);
            var reply = await session.SendAsync("<restore>", new RestorationSettings(Seed: 4711), 1, interrupt.Token);
            var following = session.FollowAsync(reply, "<restore>", new Progress<RunProgress>(), interrupt.Token);
            await pause.ReachedAsync();

            await interrupt.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
            pause.End();
            Assert.Equal(RunStage.Cancelled, (await session.WaitAsync(reply.RunId!, new Progress<RunProgress>(), CancellationToken.None)).Stage);
        }
        finally
        {
            pause.End();
        }
    }

    [Fact]
    public async Task Status_Server_TellsItsDevices()
    {
        var text = await RunAsync("cluster", "status");
        var state = JsonNode.Parse((await RunAsync("cluster", "status", "--json")).Output)!;

        Assert.Contains("cpu:0", text.Output, StringComparison.Ordinal);
        Assert.Equal(TestPipeline.ModelName, (string?)state["silos"]![0]!["defaultModel"]);
        Assert.Equal(0, (await RunAsync("checkpoint", "list")).ExitCode);
    }

    [Theory]
    [InlineData(2, "--model is a file of this machine", "restore", "photo.png", "--model", "photo.png")]
    [InlineData(2, "No silo has the model", "restore", "photo.png", "--checkpoint", "missing")]
    [InlineData(2, "--data is the folder", "job", "list", "--data", "store")]
    [InlineData(2, "There is no", "job", "status", "nobody")]
    [InlineData(2, "There is no", "session", "undo", "nobody")]
    public async Task Server_UnusableInput_SaysWhy(int code, string cause, params string[] arguments)
    {
        var result = await RunAsync([.. arguments.Select(word => word is "photo.png" or "store" ? folder[word] : word)]);

        Assert.Equal((code, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(cause, result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Server_Away_SaysSo()
    {
        var result = await CommandLineRun.RunAsync("session", "list", "--server", $"http://127.0.0.1:{Silo.EmbeddedCluster.FreePort()}");

        Assert.Equal((ExitCode.Unreachable, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains("cannot be reached", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_OfSomebodyElse_SaysSo()
    {
        var result = await CommandLineRun.RunAsync("session", "list", "--server", $"{Server}openapi");

        Assert.Equal(ExitCode.Unreachable, result.ExitCode);
        Assert.Contains("no API of Darkroom", result.Error, StringComparison.Ordinal);
    }

    private string Server => app.Address.ToString();

    private Task<ProcessResult> RunAsync(params string[] arguments) => CommandLineRun.RunAsync([.. arguments, "--server", Server]);

    private double Mean(string name)
    {
        var picture = PictureFile.Decode(File.ReadAllBytes(folder[name]));
        return Enumerable.Range(0, picture.Height).Average(y => picture.Row(0, y).ToArray().Average());
    }
}

/// <summary>The command line against a server that asks who is there.</summary>
public sealed class CommandLineKeyTests(IdentityApp app) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData("wrong-key-of-nobody")]
    [InlineData(null)]
    public async Task Key_WrongOrMissing_IsNotAllowedAndNeverShown(string? key)
    {
        var result = await RunAsync(key, "session", "list");

        Assert.Equal((ExitCode.NotAllowed, string.Empty), (result.ExitCode, result.Output));
        if (key is not null)
            Assert.DoesNotContain(key, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NoOperator_IsNotAllowed() => Assert.Equal(ExitCode.NotAllowed, (await RunAsync(IdentityApp.Acme, "cluster", "status")).ExitCode);

    [Fact]
    public async Task Key_FromAFile_IsTheTenants()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["key"], IdentityApp.Acme + "\n");

        var result = await CommandLineRun.RunAsync("session", "list", "--server", app.Address.ToString(), "--key-file", folder["key"]);

        Assert.True(result.ExitCode == 0, result.Error);
    }

    private Task<ProcessResult> RunAsync(string? key, params string[] arguments) =>
        CommandLineRun.RunAsync([.. arguments, "--server", app.Address.ToString(), .. key is null ? (string[])[] : ["--key", key]]);
}
