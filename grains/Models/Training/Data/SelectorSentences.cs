namespace Darkroom.Models.Training.Data;

/// <summary>What people say when they want one of Diff-Plugin's tasks done.</summary>
/// <remarks>The paper has its sentences written by a language model and publishes none; these are ours. Every fourth is kept for measuring.</remarks>
public static class SelectorSentences
{
    private const int HeldEvery = 4;

    private static readonly Dictionary<string, string[]> ByTask = new(StringComparer.Ordinal)
    {
        ["derain"] =
        [
            "remove the rain", "take the rain away", "derain this photo", "get rid of the rain streaks", "it was raining when I took this", "clean the raindrops from the picture",
            "I want a dry picture", "the rain spoils the view", "make it look as if it had not rained", "please erase the falling rain", "wipe off the streaks of rain", "no rain please",
        ],
        ["desnow"] =
        [
            "remove the snow", "take the snowflakes away", "desnow this photo", "get rid of the falling snow", "it was snowing when I took this", "clean the snowflakes from the picture",
            "the snow hides everything", "make it look as if it had not snowed", "please erase the flakes", "I do not want the blizzard", "wipe off the white flakes", "no snow please",
        ],
        ["lowlight"] =
        [
            "make it brighter", "the picture is too dark", "brighten the image", "enhance the low light photo", "I took this at night", "light up the shadows",
            "it is underexposed", "please raise the exposure", "I can hardly see anything in the dark", "increase the brightness", "give it more light", "a low light enhancement please",
        ],
        ["dehaze"] =
        [
            "remove the haze", "take the fog away", "dehaze this photo", "get rid of the mist", "it was foggy when I took this", "clear the smog from the picture",
            "the distance is washed out by haze", "make the air clear", "please erase the fog", "I want a clear view through the mist", "defog the landscape", "no haze please",
        ],
        ["deblur"] =
        [
            "remove the blur", "make it sharp", "deblur this photo", "get rid of the motion blur", "my hand shook when I took this", "sharpen the blurry picture",
            "it is out of focus", "the edges are smeared", "please fix the camera shake", "I want crisp details", "the car moved and is blurred", "a sharper image please",
        ],
        ["highlight"] =
        [
            "remove the highlights", "take the glare away", "remove specular highlights", "get rid of the reflections of the lamp", "the flash is mirrored on the surface", "clean the shiny spots",
            "the glossy reflection hides the text", "make the surface matte", "please erase the bright spots", "I do not want the shine", "tone down the glare of the light", "no highlights please",
        ],
        ["face"] =
        [
            "restore the face", "fix the face in this portrait", "enhance the faces", "make the face clear", "the person cannot be recognised", "repair my grandmother's face",
            "the eyes and mouth are damaged", "improve the portrait of the man", "please recover the facial details", "I want to see her face again", "the selfie has a bad face", "a face restoration please",
        ],
        ["demoire"] =
        [
            "remove the moire", "take the moire pattern away", "demoire this photo", "get rid of the coloured stripes of the screen", "I photographed my monitor", "clean the rainbow bands",
            "the display shows wavy patterns", "make the screen look clean", "please erase the ripples of the display", "I do not want the interference pattern", "the screen has strange stripes", "no moire please",
        ],
    };

    /// <summary>Gets the tasks.</summary>
    public static IReadOnlyList<string> Tasks { get; } = [.. ByTask.Keys];

    /// <summary>The sentences that a task is learnt from.</summary>
    public static IReadOnlyList<string> Learnt(string task) => [.. ByTask[task].Where((_, index) => index % HeldEvery != HeldEvery - 1)];

    /// <summary>The sentences that are kept for measuring.</summary>
    public static IReadOnlyList<string> Held(string task) => [.. ByTask[task].Where((_, index) => index % HeldEvery == HeldEvery - 1)];

    /// <summary>Sentences kept for measuring, each with the tasks that it asks for: one, and then two of neighbours.</summary>
    /// <param name="tasks">The tasks.</param>
    public static IReadOnlyList<(string Text, IReadOnlyList<string> Tasks)> HeldWishes(IReadOnlyList<string> tasks)
    {
        var single = tasks.SelectMany(task => Held(task).Select(text => (text, (IReadOnlyList<string>)[task])));
        var pairs = tasks.Count < 2 ? [] : tasks.Select((task, index) => (First: task, Second: tasks[(index + 1) % tasks.Count]))
            .Select(pair => ($"{Held(pair.First)[0]} and {Held(pair.Second)[^1]}", (IReadOnlyList<string>)[pair.First, pair.Second]));
        return [.. single, .. pairs];
    }
}
