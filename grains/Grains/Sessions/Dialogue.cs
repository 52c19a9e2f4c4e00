using System.Globalization;
using System.Text.RegularExpressions;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>What a plain sentence wants.</summary>
internal enum ConversationTopic
{
    /// <summary>The assistant's readiness.</summary>
    Ready,

    /// <summary>A description of the picture.</summary>
    Describe,

    /// <summary>To say that the picture is good.</summary>
    Satisfied,

    /// <summary>To say what is wrong with the picture, without a command.</summary>
    Complaint,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The assistant's side of LLMRA's Figure 1: what a sentence is about, and what is answered.</summary>
internal static partial class Dialogue
{
    /// <summary>The answer to <c>&lt;restore&gt;</c>.</summary>
    public const string Restored = "No problem, here is the restored image.";

    /// <summary>The answer to a sentence that is not understood.</summary>
    public const string Help =
        "Write <restore> and I restore the image automatically; write <refine> with your words, such as \"<refine> it is still too dark\", and I follow them. " +
        "Ask me to describe the image and I tell what I see.";

    /// <summary>The answer to a refine command when nothing was said that it could follow.</summary>
    public const string NothingToRefine = "Tell me what to change, for example: <refine> it is still too dark.";

    /// <summary>The answer to both commands at once.</summary>
    public const string OneCommand = "One command at a time, please: either <restore> or <refine>.";

    /// <summary>The answer to a command while a run of the session is under way.</summary>
    public const string StillWorking = "I am still working on the last image. Wait for it, or cancel it, then ask again.";

    /// <summary>The answer to a wish for the same again when the current version is the picture as it was opened.</summary>
    public const string NothingToReplay = "There is nothing to make again: the current version is the picture as it was opened.";

    /// <summary>The answer to a number of rounds that is not allowed.</summary>
    public static readonly string BadRounds = string.Create(
        CultureInfo.InvariantCulture, $"Rounds are a number from 1 to {SessionMessage.MaxRounds}, such as \"/rounds 3 <restore>\" or \"<refine> brighter, in 3 rounds\".");

    /// <summary>What is told when rounds are cancelled between two of them.</summary>
    public const string RoundsCancelled = "The rounds were cancelled.";

    /// <summary>The answer when no device could look at the picture.</summary>
    public const string CannotLook = "I cannot look at the image now: no device is free. Ask again in a moment.";

    /// <summary>The answer when the model has no describer.</summary>
    public const string NoDescriber = "The model in use cannot describe images; write <refine> with your own words.";

    /// <summary>Tells what a plain sentence wants.</summary>
    public static ConversationTopic TopicOf(string words)
    {
        if (AsksReadiness().IsMatch(words))
            return ConversationTopic.Ready;
        if (AsksDescription().IsMatch(words))
            return ConversationTopic.Describe;
        if (SaysSatisfied().IsMatch(words) && !SaysNot().IsMatch(words))
            return ConversationTopic.Satisfied;
        return Opinion.Read(words).IsUnknown ? ConversationTopic.Other : ConversationTopic.Complaint;
    }

    /// <summary>Answers a plain sentence that needs no look at the picture.</summary>
    public static string Answer(ConversationTopic topic, string words) => topic switch
    {
        ConversationTopic.Ready => "I'm ready!",
        ConversationTopic.Satisfied => "Great! I'm glad I could help.",
        ConversationTopic.Complaint => $"{Agree(Opinion.Read(words))} Write <refine> and I change it.",
        _ => Help,
    };

    /// <summary>Tells whether a sentence wants the same again, and with which seed.</summary>
    public static bool AsksReplay(string words, out ulong? seed)
    {
        var match = AsksSameAgain().Match(words);
        seed = match.Groups["seed"].Success && ulong.TryParse(match.Groups["seed"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        return match.Success && match.Groups["seed"].Success == seed is not null;
    }

    /// <summary>Answers a wish for the same again.</summary>
    public static string Replayed(string versionId, ulong seed) => string.Create(CultureInfo.InvariantCulture, $"Here is {versionId} again, with seed {seed}.");

    /// <summary>Tells of a round that begins.</summary>
    public static string Round(int number, int count, string seen) => string.Create(CultureInfo.InvariantCulture, $"Round {number} of at most {count}: {seen}");

    /// <summary>Tells that all rounds are done.</summary>
    public static string RoundsDone(int count) => string.Create(CultureInfo.InvariantCulture, $"All {count} rounds are done.");

    /// <summary>Tells that the description stopped changing.</summary>
    public static string RoundsSettled(int done) => string.Create(CultureInfo.InvariantCulture, $"After {done} {(done == 1 ? "round" : "rounds")} the description stopped changing.");

    /// <summary>Answers a request for a description: the sentences that were asked for, or all of them.</summary>
    public static string Describe(string words, string lighting, string rain, string noise)
    {
        var light = AsksLight().IsMatch(words);
        var wet = AsksRain().IsMatch(words);
        var grain = AsksNoise().IsMatch(words);
        var all = !light && !wet && !grain;
        return string.Join(' ', new[] { all || light ? lighting : "", all || wet ? rain : "", all || grain ? noise : "" }.Where(text => text.Length > 0));
    }

    /// <summary>Answers a refine command.</summary>
    public static string Refined(string words) => $"{Agree(Opinion.Read(words))} Here is the refined image.".TrimStart();

    /// <summary>The text that steers a restore run: the describer's sentences, then the user's words.</summary>
    public static string RestoreText(string? description, string words) =>
        string.Join(' ', new[] { description ?? string.Empty, words }.Where(text => text.Length > 0));

    private static string Agree(Opinion opinion) => opinion switch
    {
        { Quality: ['t', 'o', 'o', ' ', ..] } => $"I agree, the image is {opinion.Quality}.",
        { Quality.Length: > 0 } => $"I think the image is {opinion.Quality}.",
        { Wish.Length: > 0 } => $"I understand: {opinion.Wish}.",
        _ => string.Empty,
    };

    [GeneratedRegex(@"\bthe same( thing)? (once )?(again|more)\b(.*?\bseed (?<seed>\d+)\b)?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksSameAgain();

    [GeneratedRegex(@"\b(are|r) you ready\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksReadiness();

    [GeneratedRegex(
        @"\bdescri(be|ption)|\bwhat (do|can) you see\b|\bwhat('s| is) wrong\b|\b(how|what) (good )?is the (quality|light|noise)|\bwhat (quality|degradation)|\b(is|are) (it|there|the (image|picture|photo))\b[^?]*\?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksDescription();

    [GeneratedRegex(
        @"\b(satisfied|happy with|thank(s| you)|perfect|well done|looks (good|great|fine)|good job)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SaysSatisfied();

    [GeneratedRegex(@"\b(not|n't|never|hardly)\b|n't\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SaysNot();

    [GeneratedRegex(@"\b(light(ing)?|dark(ness)?|bright(ness)?|exposure)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksLight();

    [GeneratedRegex(@"\brain|\bstreaks?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksRain();

    [GeneratedRegex(@"\bnois[ey]|\bgrain", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AsksNoise();
}
