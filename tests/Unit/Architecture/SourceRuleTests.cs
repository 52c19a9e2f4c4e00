using System.Text.RegularExpressions;
using Xunit;

namespace Darkroom.Tests.Unit.Architecture;

/// <summary>Rules on source text that no analyzer checks.</summary>
public sealed partial class SourceRuleTests
{
    private static readonly HashSet<string> VagueFolderNames =
        new(["Services", "Helpers", "Managers", "Utils", "Common"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Folders that may have such a name, each with its reason.</summary>
    private static readonly Dictionary<string, string> VagueFolders = new()
    {
        ["compat/TorchSharp/NN/Utils"] = "TorchSharp itself calls this part of its surface torch.nn.utils",
    };

    [Fact]
    public void Product_Source_HasNoConditionalCompilation() =>
        Assert.Empty(Matches(SourceTree.Files(SourceTree.ProductFolders, ".cs"), ConditionalCompilation()));

    [Fact]
    public void Product_AnyText_DoesNotNameTheStandIns() =>
        Assert.Empty(Matches(
            SourceTree.Files(SourceTree.ProductFolders, ".cs", ".csproj", ".props", ".targets", ".json", ".xml"), StandIn()));

    [Fact]
    public void Build_OnlyOnePlace_SwapsInTheStandIns()
    {
        var builds = Directory.GetFiles(RepositoryRoot.Path)
            .Where(path => Path.GetExtension(path) is ".props" or ".targets")
            .Where(path => File.ReadAllText(path).Contains("Darkroom.Compat.", StringComparison.Ordinal));

        Assert.Equal(["Directory.Build.targets"], builds.Select(Path.GetFileName));
    }

    [Fact]
    public void Folders_None_HasAVagueName() => Assert.DoesNotContain(
        SourceTree.Folders(), path => VagueFolderNames.Contains(Path.GetFileName(path)) && !VagueFolders.ContainsKey(path));

    [Fact]
    public void Options_EachValue_DocumentsItsDefault()
    {
        var undocumented =
            from path in SourceTree.Files(SourceTree.ProductFolders, ".cs")
            where path.EndsWith("Options.cs", StringComparison.Ordinal)
            from fault in UndocumentedValues(path)
            select fault;

        Assert.Empty(undocumented);
    }

    [Fact]
    public void Instruments_Each_HasItsNameUnitAndDescription()
    {
        var faults =
            from path in SourceTree.Files(SourceTree.ProductFolders, ".cs")
            let text = string.Join('\n', SourceTree.Lines(path))
            from Match match in Instrument().Matches(text)
            where !CompleteInstrument().IsMatch(match.Value)
            select $"{path}: {match.Value}";

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("#if DEBUG", true)]
    [InlineData("    #elif X", true)]
    [InlineData("#pragma warning disable", false)]
    public void ConditionalCompilation_Line_IsRecognized(string line, bool expected) =>
        Assert.Equal(expected, ConditionalCompilation().IsMatch(line));

    [Theory]
    [InlineData("using Darkroom.Compat.Orleans;", true)]
    [InlineData("// works with compat too", true)]
    [InlineData("<ProjectReference Include=\"../../compat/Orleans/X.csproj\" />", true)]
    [InlineData("an OpenAI-compatible endpoint", false)]
    public void StandIn_Line_IsRecognized(string line, bool expected) => Assert.Equal(expected, StandIn().IsMatch(line));

    [Theory]
    [InlineData("CreateHistogram<double>(\"darkroom.step.duration\", unit: \"s\", description: \"Time of a step.\");", true)]
    [InlineData("CreateCounter<long>(\"darkroom.step.count\", \"{step}\", \"Steps.\");", true)]
    [InlineData("CreateCounter<long>(\"darkroom.step.count\");", false)]
    [InlineData("CreateCounter<long>(\"steps_total\", \"{step}\", \"Steps.\");", false)]
    public void Instrument_Text_IsRecognized(string text, bool complete)
    {
        var match = Instrument().Match(text);

        Assert.True(match.Success);
        Assert.Equal(complete, CompleteInstrument().IsMatch(match.Value));
    }

    [GeneratedRegex(@"^\s*#\s*(if|elif|else|endif)\b")]
    private static partial Regex ConditionalCompilation();

    [GeneratedRegex(@"\bcompat\b", RegexOptions.IgnoreCase)]
    private static partial Regex StandIn();

    [GeneratedRegex(@"^\s*public (?!const|static|required)[\w<>?\[\], .]+ (?<name>\w+) \{ get; (set|init); \}")]
    private static partial Regex OptionValue();

    // From the name of the method to the end of the statement.
    [GeneratedRegex(@"\bCreate(Observable)?(Counter|UpDownCounter|Histogram|Gauge)\s*(<[^>]*>)?\([^;]*;")]
    private static partial Regex Instrument();

    // "darkroom.name", then a unit and a description, whatever stands between.
    [GeneratedRegex(@"\(\s*""darkroom(\.[a-z_]+)+"".*""[^""]+"".*""[^""]+""", RegexOptions.Singleline)]
    private static partial Regex CompleteInstrument();

    private static IEnumerable<string> Matches(IEnumerable<string> paths, Regex rule) =>
        from path in paths
        from line in SourceTree.Lines(path).Select((text, index) => (text, number: index + 1))
        where rule.IsMatch(line.text)
        select $"{path}:{line.number}: {line.text.Trim()}";

    /// <summary>Values whose documentation, the lines right above, does not say "Default".</summary>
    private static IEnumerable<string> UndocumentedValues(string path)
    {
        var documented = false;
        foreach (var line in SourceTree.Lines(path).Select(line => line.Trim()))
        {
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                documented |= line.Contains("default", StringComparison.OrdinalIgnoreCase);
            }
            else if (OptionValue().Match(line) is { Success: true } value)
            {
                if (!documented)
                {
                    yield return $"{path}: {value.Groups["name"].Value}";
                }

                documented = false;
            }
            else if (!line.StartsWith('['))
            {
                documented = false;
            }
        }
    }
}
