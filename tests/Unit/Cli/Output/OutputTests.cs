using Darkroom.Cli.Output;
using Darkroom.Contracts.Jobs;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.Output;

public sealed class OutputTests
{
    private readonly StringWriter writer = new();

    [Fact]
    public void PlainText_ControlCharacters_AreShownAsQuestionMarks() =>
        Assert.Equal("a?[31mred?b ?txt.exe\nline\t.", PlainText.Of("a\e[31mred\u0007b \u202Etxt.exe\nline\t."));

    [Fact]
    public void Columns_Cells_StandBelowEachOther()
    {
        Columns.Write(writer, ["NAME", "STATE"], [["a", "ready"], ["longer", "not\nready\e"]]);

        Assert.Equal(["NAME    STATE", "a       ready", "longer  not ready?"], writer.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void JsonLine_IdsAndWords_AreThoseOfTheApi()
    {
        JsonLine.Write(writer, new JobStatus("local/trip", JobStage.Completed, 1, 1, 0, 0, 0, null, null, 1, TimeSpan.FromSeconds(2)));

        Assert.StartsWith("""{"jobId":"trip","stage":"completed","total":1,""", writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("resultsHash", writer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.25, "0.2 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(12_000, "3 h 20 min")]
    public void Amounts_Times_AreAsPeopleSayThem(double seconds, string words) => Assert.Equal(words, Amounts.Of(TimeSpan.FromSeconds(seconds)));
}
