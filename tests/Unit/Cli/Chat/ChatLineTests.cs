using Darkroom.Cli.Chat;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.Chat;

public sealed class ChatLineTests
{
    [Theory]
    [InlineData("", ChatLineKind.Empty, "")]
    [InlineData("   ", ChatLineKind.Empty, "")]
    [InlineData("<restore>", ChatLineKind.Message, "<restore>")]
    [InlineData("  is it dark?  ", ChatLineKind.Message, "is it dark?")]
    [InlineData("/undo", ChatLineKind.Undo, "")]
    [InlineData("/versions ", ChatLineKind.Versions, "")]
    [InlineData("/checkout v2", ChatLineKind.Checkout, "v2")]
    [InlineData("/branch v2", ChatLineKind.Checkout, "v2")]
    [InlineData("/compare v1 v2", ChatLineKind.Compare, "v1 v2")]
    [InlineData("/replay", ChatLineKind.Replay, "")]
    [InlineData("/replay v1 --seed 7", ChatLineKind.Replay, "v1 --seed 7")]
    [InlineData("/compare", ChatLineKind.Unknown, "/compare")]
    [InlineData("/save my picture.png", ChatLineKind.Save, "my picture.png")]
    [InlineData("/help", ChatLineKind.Help, "")]
    [InlineData("/quit", ChatLineKind.Quit, "")]
    [InlineData("/save", ChatLineKind.Unknown, "/save")]
    [InlineData("/undo twice", ChatLineKind.Unknown, "/undo twice")]
    [InlineData("/explode", ChatLineKind.Unknown, "/explode")]
    public void Parse_Line_KnowsWhatItIsFor(string line, object kind, string text)
    {
        var parsed = ChatLine.Parse(line);
        Assert.Equal(kind, parsed.Kind);
        Assert.Equal(text, parsed.Text);
    }
}
