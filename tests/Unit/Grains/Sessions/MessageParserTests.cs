using Darkroom.Grains.Sessions;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Sessions;

public sealed class MessageParserTests
{
    private const int MaxLength = 200;

    [Theory]
    [InlineData("<restore>", "")]
    [InlineData("<RESTORE>", "")]
    [InlineData("< restore />", "")]
    [InlineData("<restore> (restore the image automatically)", "(restore the image automatically)")]
    [InlineData("please <restore> it <restore>", "please it")]
    public void Parse_RestoreCommand_IsFoundWithItsWords(string text, string words) =>
        Assert.Equal(new ParsedMessage(MessageKind.Restore, words), MessageParser.Parse(text, MaxLength));

    [Fact]
    public void Parse_RefineAtTheEnd_TakesTheWordsBefore() => Assert.Equal(
        new ParsedMessage(MessageKind.Refine, "I still think this image is dark, what is your opinion?"),
        MessageParser.Parse("I still think this image is dark, what is your opinion? <refine>", MaxLength));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(" \t\r\n")]
    [InlineData("\u0000\u0007\u202e")]
    [InlineData("\ud800")]
    public void Parse_NothingReadable_IsEmpty(string? text) => Assert.Equal(MessageKind.Empty, MessageParser.Parse(text, MaxLength).Kind);

    [Fact]
    public void Parse_LongText_IsTooLongAndNotRead() =>
        Assert.Equal(new ParsedMessage(MessageKind.TooLong, ""), MessageParser.Parse(new string('a', MaxLength + 1), MaxLength));

    [Fact]
    public void Parse_LongestAllowedText_IsRead() =>
        Assert.Equal(MessageKind.Conversation, MessageParser.Parse(new string('a', MaxLength), MaxLength).Kind);

    [Fact]
    public void Parse_BothCommands_IsAmbiguous() =>
        Assert.Equal(MessageKind.Ambiguous, MessageParser.Parse("<restore> <refine> darker", MaxLength).Kind);

    [Theory]
    [InlineData("<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData("restore", "restore")]
    [InlineData("<restored>", "<restored>")]
    [InlineData("a\u202eb\u200bc\nd", "abc d")]
    public void Parse_OtherText_IsConversation(string text, string words) =>
        Assert.Equal(new ParsedMessage(MessageKind.Conversation, words), MessageParser.Parse(text, MaxLength));

    [Fact]
    public void Parse_CommandWithHiddenCharacters_IsTheCommandThatIsSeen() =>
        Assert.Equal(MessageKind.Refine, MessageParser.Parse("<re\u200bfine> brighter", MaxLength).Kind);
}
