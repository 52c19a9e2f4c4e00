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
    [InlineData("/rounds 3", nameof(MessageKind.Restore), "", 3)]
    [InlineData("/ROUNDS 2 <refine> a warm room", nameof(MessageKind.Refine), "a warm room", 2)]
    [InlineData("/rounds two keep the grain", nameof(MessageKind.Restore), "keep the grain", 2)]
    [InlineData("<restore> in 3 rounds", nameof(MessageKind.Restore), "", 3)]
    [InlineData("<refine> a warm room, at most four rounds", nameof(MessageKind.Refine), "a warm room,", 4)]
    [InlineData("<restore> until the description stops changing", nameof(MessageKind.Restore), "", 20)]
    [InlineData("<restore> again and again until nothing changes any more", nameof(MessageKind.Restore), "", 20)]
    [InlineData("<refine> round the corners", nameof(MessageKind.Refine), "round the corners", 1)]
    [InlineData("we did three rounds", nameof(MessageKind.Conversation), "we did three rounds", 1)]
    public void Parse_Rounds_AreCountedAndTakenOut(string text, string kind, string words, int rounds) =>
        Assert.Equal(new ParsedMessage(Enum.Parse<MessageKind>(kind), words, rounds), MessageParser.Parse(text, MaxLength));

    [Theory]
    [InlineData("/rounds")]
    [InlineData("/rounds 0")]
    [InlineData("/rounds 21 <restore>")]
    [InlineData("/rounds -3")]
    [InlineData("/rounds 3.5")]
    [InlineData("/rounds <restore>")]
    [InlineData("<restore> in 999999999 rounds")]
    public void Parse_RoundsOutOfRange_AreBad(string text) => Assert.Equal(MessageKind.BadRounds, MessageParser.Parse(text, MaxLength).Kind);

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
