using System.Diagnostics;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>Completion of <c>./cluster</c> as a shell does it: by the script that it prints, with what was typed so far.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("./cluster che", "checkpoint")]
    [InlineData("./cluster completion z", "zsh")]
    [InlineData("./cluster key n", "new")]
    [InlineData("./cluster up --po", "--port")]
    [InlineData("./cluster job re", "results resume retry")]
    [InlineData("./cluster restore photo.jpg --inst", "--instruction")]
    [InlineData("./cluster restore --pipeline vlm", "vlm-imi")]
    [InlineData("./cluster status --ser", "--server")]
    [InlineData("./cluster train --outp", "--output")]
    [InlineData("./cluster bench --soa", "--soak")]
    [InlineData("./cluster restore ", "")]
    [InlineData("./cluster dance --wi", "")]
    public async Task Bash_LineSoFar_IsCompleted(string line, string completions) =>
        Assert.Equal(completions, await RunAsync("/bin/bash", ["--noprofile", "--norc", "-c", """
            source <(./cluster completion bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            _darkroom_cluster ./cluster
            echo $(printf '%s\n' "${COMPREPLY[@]}" | sort)
            """, "bash", line]));

    [Theory]
    [InlineData("/usr/bin/zsh", "-n")]
    [InlineData("/usr/bin/fish", "-n")]
    public async Task OtherShells_Script_IsWellFormed(string shell, string check)
    {
        Assert.SkipUnless(File.Exists(shell), $"{shell} is not there");

        Assert.Empty(await RunAsync(shell, [check, Path.Combine("client", "Cli", "Completion", $"cluster.{Path.GetFileName(shell)}")]));
    }

    [Fact]
    public async Task Unknown_Shell_IsRefused() => Assert.Contains("one of: bash fish zsh", await RunAsync("/bin/bash", ["-c", "./cluster completion csh 2>&1"]), StringComparison.Ordinal);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        // Completion asks what ./cluster built, which is a Release.
        Assert.SkipUnless(AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal), "completion asks the programs of a Release build");
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = RepositoryRoot.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await error);
        return (await output).Trim();
    }
}
