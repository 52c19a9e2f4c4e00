using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Darkroom.Models.DiffPlugin;

/// <summary>Finds tasks by their names, by the table of compound wishes, and by the trained selector, in this order.</summary>
/// <param name="selector">The selector, which is owned; null if the checkpoint has none.</param>
/// <param name="embed">Gives a text's embedding, [1, 1, D]; null if the checkpoint has no text encoder.</param>
public sealed partial class PluginChooser(PluginSelector? selector, Func<string, Tensor>? embed) : IPluginChooser
{
    /// <summary>Gets the similarity above which a task is chosen, θ.</summary>
    /// <value>Default: 0, as in the paper.</value>
    public double Threshold { get; init; }

    /// <summary>Gets the network behind the embedding, which is disposed with the chooser; may be null.</summary>
    public IDisposable? Encoder { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Choose(string text, IReadOnlyList<string> names, Tensor prompts)
    {
        var there = string.Join(", ", names);
        if (string.IsNullOrWhiteSpace(text))
            throw new ArgumentException($"The instruction is empty; say what is to be done, or name the tasks: {there}.");
        var words = Separators().Split(text.Trim()).Where(word => word.Length > 0).ToList();
        if (words.TrueForAll(word => names.Contains(word, StringComparer.OrdinalIgnoreCase)))
            return Indices(names, words);
        if (CompoundWishes.Find(text) is { Count: > 0 } wished)
        {
            var found = Indices(names, wished);
            return found.Length > 0
                ? found
                : throw new ArgumentException($"The instruction needs the tasks {string.Join(", ", wished)}; the checkpoint has {there}.");
        }

        if (selector is null || embed is null)
            throw new ArgumentException($"The checkpoint has no {(selector is null ? "selector" : "text encoder")} that could read the instruction; name the tasks, with commas between them: {there}.");
        var scores = Score(text, prompts);
        int[] chosen = [.. Enumerable.Range(0, names.Count).Where(task => scores[task] > Threshold)];
        return chosen.Length > 0
            ? chosen
            : throw new ArgumentException($"None of the tasks fits the instruction; there are {there}. Say it in other words, or name the tasks.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        selector?.Dispose();
        Encoder?.Dispose();
    }

    private float[] Score(string text, Tensor prompts)
    {
        using var scope = NewDisposeScope();
        var scores = selector!.call(embed!(text), prompts);                     // [P, 1]
        return scores.squeeze(1).to(ScalarType.Float32).cpu().data<float>().ToArray();
    }

    private static int[] Indices(IReadOnlyList<string> names, IReadOnlyList<string> wanted) =>
        [.. Enumerable.Range(0, names.Count).Where(task => wanted.Contains(names[task], StringComparer.OrdinalIgnoreCase))];

    [GeneratedRegex(@"[\s,;+]+(?:and[\s,;+]+|then[\s,;+]+)*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
