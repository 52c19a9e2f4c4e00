using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.CommandLine;

public sealed class CommandHostTests
{
    private readonly StringWriter error = new();

    [Fact]
    public async Task Run_CommandSucceeds_GivesItsCode()
    {
        Assert.Equal(ExitCode.Done, await RunAsync(_ => Task.FromResult(ExitCode.Done)));
        Assert.Empty(error.ToString());
    }

    [Fact]
    public async Task Run_InputException_IsOneLineAndBadInput()
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync(_ => throw new InputException("The picture\nis upside down.")));
        Assert.Equal($"test: The picture is upside down.{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task Run_ErrorThatTheCallerKnows_IsBadInput() =>
        Assert.Equal(ExitCode.BadInput, await RunAsync(_ => throw new FormatException("of the user")));

    [Fact]
    public async Task Run_UnknownError_NamesTheLog()
    {
        Assert.Equal(ExitCode.Failed, await RunAsync(_ => throw new InvalidOperationException("boom")));
        var line = Assert.Single(error.ToString().Trim().Split('\n'));
        Assert.StartsWith("test: InvalidOperationException: boom (log: ", line, StringComparison.Ordinal);
        var log = line.Split("(log: ")[1].TrimEnd(')');
        Assert.Contains("at ", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownOption_IsBadInputAndNamesIt()
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync(_ => Task.FromResult(ExitCode.Done), "--such"));
        Assert.Contains("'--such'", Assert.Single(error.ToString().Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ArgumentWithAtSign_IsNoResponseFile()
    {
        var file = new Argument<string>("FILE");
        string? given = null;
        var root = new RootCommand { file };
        root.SetAction(result => { given = result.GetValue(file); });
        Assert.Equal(ExitCode.Done, await Host().RunAsync(root, ["@holiday.jpg"]));
        Assert.Equal("@holiday.jpg", given);
    }

    private Task<int> RunAsync(Func<ParseResult, Task<int>> action, params string[] arguments)
    {
        var root = new RootCommand();
        root.SetAction((result, _) => action(result));
        return Host().RunAsync(root, arguments);
    }

    private CommandHost Host() => new("test", error, thrown => thrown is FormatException ? ExitCode.BadInput : null);
}
