using Darkroom.Grains.Sessions;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Sessions;

/// <summary>The dialogue of LLMRA's Figure 1, and what lies near it.</summary>
public sealed class DialogueTests
{
    [Theory]
    [InlineData("Now I will show you an image, are you ready to answer some questions about it?", nameof(ConversationTopic.Ready))]
    [InlineData("Describe the quality and low-level appearance of the image.", nameof(ConversationTopic.Describe))]
    [InlineData("Describe the lighting, if there are areas in the image that are dark; Describe if there is rain streaks degradation in this image", nameof(ConversationTopic.Describe))]
    [InlineData("What is wrong with it?", nameof(ConversationTopic.Describe))]
    [InlineData("Is there rain in the picture?", nameof(ConversationTopic.Describe))]
    [InlineData("Now I am satisfied with this image.", nameof(ConversationTopic.Satisfied))]
    [InlineData("Thank you!", nameof(ConversationTopic.Satisfied))]
    [InlineData("I am not satisfied, it is too dark.", nameof(ConversationTopic.Complaint))]
    [InlineData("It is still dark.", nameof(ConversationTopic.Complaint))]
    [InlineData("Tell me about the weather tomorrow", nameof(ConversationTopic.Other))]
    [InlineData("; DROP TABLE sessions; --", nameof(ConversationTopic.Other))]
    public void TopicOf_Sentence_IsWhatItWants(string words, string expected) => Assert.Equal(expected, Dialogue.TopicOf(words).ToString());

    [Theory]
    [InlineData("I still think this image is dark, what is your opinion?", "I think the image is dark. Here is the refined image.")]
    [InlineData("I think this image is too bright this time, what is your opinion?", "I agree, the image is too bright. Here is the refined image.")]
    [InlineData("make it brighter please", "I understand: brighter. Here is the refined image.")]
    [InlineData("it was dark, now it is too bright", "I agree, the image is too bright. Here is the refined image.")]
    [InlineData("it is not dark any more but noisy", "I think the image is noisy. Here is the refined image.")]
    [InlineData("like in a dream", "Here is the refined image.")]
    public void Refined_Words_AreAnsweredAsInFigure1(string words, string answer) => Assert.Equal(answer, Dialogue.Refined(words));

    [Fact]
    public void Answer_Ready_IsFigure1s() => Assert.Equal("I'm ready!", Dialogue.Answer(ConversationTopic.Ready, ""));

    [Fact]
    public void Answer_Satisfied_IsFigure1s() => Assert.Equal("Great! I'm glad I could help.", Dialogue.Answer(ConversationTopic.Satisfied, ""));

    [Fact]
    public void Answer_Complaint_AgreesAndNamesTheCommand() =>
        Assert.Equal("I agree, the image is too dark. Write <refine> and I change it.", Dialogue.Answer(ConversationTopic.Complaint, "it is too dark"));

    [Theory]
    [InlineData("Describe the quality", "L R N")]
    [InlineData("Describe the lighting; describe if there is rain; describe the noise level", "L R N")]
    [InlineData("Is the image noisy?", "N")]
    [InlineData("Is it dark?", "L")]
    [InlineData("Are there rain streaks and noise?", "R N")]
    public void Describe_Question_GivesTheSentencesAskedFor(string words, string expected) =>
        Assert.Equal(expected, Dialogue.Describe(words, "L", "R", "N"));

    [Theory]
    [InlineData("It is dark.", "keep the grain", "It is dark. keep the grain")]
    [InlineData("It is dark.", "", "It is dark.")]
    [InlineData(null, "only words", "only words")]
    [InlineData(null, "", "")]
    public void RestoreText_DescriptionAndWords_AreJoined(string? description, string words, string expected) =>
        Assert.Equal(expected, Dialogue.RestoreText(description, words));
}
