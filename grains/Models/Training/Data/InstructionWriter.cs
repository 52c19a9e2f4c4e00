using System.Globalization;
using System.Text;
using Darkroom.Models.Describers;
using Darkroom.Models.Llmra;

namespace Darkroom.Models.Training.Data;

/// <summary>Writes the texts of the training: descriptions as a describer gives them, and wishes as people type them.</summary>
public static class InstructionWriter
{
    private const double CanonicalProbability = 0.5;
    private const double TypoProbability = 0.06;

    private static readonly string[] Dark =
    [
        "The sky is dark.", "The image is too dark.", "This is a low light image.", "The photo was taken at night.", "It is dark.",
        "The image is underexposed.", "Some areas are very dark.", "The lighting is poor.",
    ];

    private static readonly string[] Lit =
    [
        "The lighting is good.", "The image is bright.", "It is not dark.", "The light is fine.", "The exposure is correct.", "",
    ];

    private static readonly string[] Rainy =
    [
        "The image is degraded by rain streaks.", "There is rain in the image.", "It is raining.", "Rain streaks are visible.",
        "Yes, there is rain.", "Remove the rain.", "Take the rain away.", "Clean up the rain streaks.",
    ];

    private static readonly string[] Dry =
    [
        "There is no rain.", "No rain.", "The image is not rainy.", "No, there are no rain streaks.", "",
    ];

    private static readonly string[] Noisy =
    [
        "The image has gaussian noise degradation and the noise level is {0}.", "There is {0} noise.", "The noise level is {0}.",
        "The photo is noisy, the level is {0}.", "Yes, there is grain, the noise level is {0}.", "The noise is {0}, sigma {1}.",
        "The image is noisy.", "Remove the noise.", "Denoise it.", "Gaussian noise with sigma {1}.",
    ];

    private static readonly string[] Quiet =
    [
        "There is no noise.", "The image is not noisy.", "No noise.", "The image is clean.", "",
    ];

    private static readonly (string Text, Wish Wish)[] Wishes =
    [
        .. Each(new Wish(false, false, 1, 1.3),
            "I still think this image is dark, what is your opinion?", "It is still too dark.", "Make it brighter.", "brighter", "brighter please",
            "a bit too dark", "more light", "Increase the brightness.", "I think the image is dark.", "lighten it", "Please brighten the picture.",
            "it needs more light", "can you make this lighter", "the result is too dim"),
        .. Each(new Wish(false, false, 1, 1.6), "Much brighter please.", "It is far too dark.", "a lot brighter", "way too dark"),
        .. Each(new Wish(false, false, 1, 1.13), "Slightly brighter.", "a little brighter", "a touch more light"),
        .. Each(new Wish(false, false, 1, 1 / 1.3),
            "I think this image is too bright this time, what is your opinion?", "It is too bright.", "Make it darker.", "darker", "darker please",
            "too bright now", "less light", "Reduce the brightness.", "I think the image is too bright.", "darken it", "Please dim the picture.",
            "it is overexposed", "tone the light down"),
        .. Each(new Wish(false, false, 1, 1 / 1.6), "Much darker please.", "It is far too bright.", "a lot darker", "way too bright"),
        .. Each(new Wish(false, false, 1, 1 / 1.13), "Slightly darker.", "a little darker", "a touch less light"),
        .. Each(new Wish(false, false, 0),
            "less noise", "Less noise please.", "Remove the noise.", "It is still noisy.", "denoise", "There is still noise.", "too much grain",
            "Reduce the noise.", "clean the noise", "get rid of the grain", "smoother please"),
        .. Each(new Wish(false, false, 0.4),
            "Keep some grain.", "Less noise but keep some grain.", "Remove only part of the noise.", "leave a little noise", "do not smooth so much",
            "denoise it gently"),
        .. Each(new Wish(false, true, 1),
            "Remove the rain.", "There is still rain.", "less rain", "take away the rain streaks", "Remove the rain but leave the light.",
            "The rain is still visible.", "get rid of the rain", "derain"),
        .. Each(new Wish(false, true, 0), "Remove the rain and the noise.", "less noise and no rain", "clean the rain and the grain"),
        .. Each(new Wish(false, false, 0, 1.3), "Brighter and less noise.", "It is dark and noisy.", "more light and less grain"),
        .. Each(new Wish(true, true, 0), "Restore the image.", "Fix everything.", "Make it look good.", "Enhance this photo.", "restore", "Improve the quality."),
        .. Each(new Wish(false, false, 1), "Leave it as it is.", "Do nothing.", "Now I am satisfied with this image.", "I like it.", "no change"),
    ];

    /// <summary>Gets every word that the writer uses, and the numbers 0 to 99: the vocabulary.</summary>
    public static IReadOnlyList<string> Vocabulary { get; } =
        new[] { Dark, Lit, Rainy, Dry, Noisy, Quiet }.SelectMany(texts => texts)
            .Concat(Wishes.Select(wish => wish.Text))
            .Concat([DegradationSentences.Lighting(true), DegradationSentences.Lighting(false), DegradationSentences.Rain(true), DegradationSentences.Rain(false)])
            .Concat(new double[] { 0, 5, 15, 25, 50 }.Select(DegradationSentences.Noise))
            .SelectMany(DegradationTokenizer.SplitWords)
            .Concat(Enumerable.Range(0, 100).Select(number => number.ToString(CultureInfo.InvariantCulture)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();

    /// <summary>Answers the describer's three questions in its own words.</summary>
    public static string Canonical(bool isDark, bool isRainy, double sigma) =>
        $"{DegradationSentences.Lighting(isDark)} {DegradationSentences.Rain(isRainy)} {DegradationSentences.Noise(sigma)}";

    /// <summary>Answers the three questions, in the describer's words or in others.</summary>
    /// <param name="isDark">What is said about light.</param>
    /// <param name="isRainy">What is said about rain.</param>
    /// <param name="sigma">What is said about noise, in levels of 0..255; under the describer's threshold none is said to be there.</param>
    /// <param name="random">Chooses the words.</param>
    public static string Describe(bool isDark, bool isRainy, double sigma, Random random)
    {
        if (random.NextDouble() < CanonicalProbability)
            return Canonical(isDark, isRainy, sigma);
        var level = sigma switch { < 10 => "very low", < 20 => "low", < 35 => "medium", _ => "high" };
        var noise = sigma < DegradationSentences.NoiseThreshold
            ? Pick(Quiet, random)
            : string.Format(CultureInfo.InvariantCulture, Pick(Noisy, random), level, Math.Min(99, Math.Round(sigma)));
        return Misspell($"{Pick(isDark ? Dark : Lit, random)} {Pick(isRainy ? Rainy : Dry, random)} {noise}", random);
    }

    /// <summary>Draws a wish of a dialogue.</summary>
    public static (string Text, Wish Wish) NextWish(Random random)
    {
        var (text, wish) = Pick(Wishes, random);
        return (Misspell(text, random), wish);
    }

    private static (string Text, Wish Wish)[] Each(Wish wish, params string[] texts) =>
        texts.Select(text => (text, wish)).ToArray();

    private static T Pick<T>(IReadOnlyList<T> choices, Random random) => choices[random.Next(choices.Count)];

    // Drops, doubles or swaps a letter of some words, as people do; the trigram tokens learn from these.
    private static string Misspell(string text, Random random)
    {
        var result = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            var letters = new StringBuilder(word);
            if (word.Length > 4 && random.NextDouble() < TypoProbability)
            {
                var at = 1 + random.Next(word.Length - 3);
                switch (random.Next(3))
                {
                    case 0:
                        letters.Remove(at, 1);
                        break;
                    case 1:
                        letters.Insert(at, word[at]);
                        break;
                    default:
                        (letters[at], letters[at + 1]) = (letters[at + 1], letters[at]);
                        break;
                }
            }

            result.Append(letters).Append(' ');
        }

        return result.ToString().TrimEnd();
    }
}
