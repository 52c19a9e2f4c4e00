using System.Text.RegularExpressions;
using Xunit;

namespace Darkroom.Tests.Unit.Architecture;

/// <summary>What docs/security.md says to be tested is tested.</summary>
public sealed partial class SecurityDocTests
{
    [Fact]
    public void Threats_TestEachNames_Exists()
    {
        var table = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "security.md"))
            .SkipWhile(line => line != "## Threats").TakeWhile(line => !line.StartsWith("## What", StringComparison.Ordinal)).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).ToList();
        var tests = SourceTree.Files(["tests"], ".cs").SelectMany(path => SourceTree.Lines(path)).SelectMany(line => TestMethod().Matches(line)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.True(table.Count > 15, "the table is not where it was");
        foreach (var line in table)
        {
            var named = Quoted().Matches(line.Split('|')[^2]).Select(match => match.Groups[1].Value).ToList();
            Assert.True(named.Count > 0, $"no test holds: {line}");
            Assert.Empty(named.Except(tests));
        }

        // Each letter of STRIDE.
        foreach (var letter in "STRIDE")
            Assert.Contains(table, line => line.StartsWith($"| **{letter}**", StringComparison.Ordinal));
    }

    [GeneratedRegex("`(\\w+_\\w+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"public (?:async )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex TestMethod();
}
