using Darkroom.Imaging;
using Darkroom.Imaging.Raw;

namespace Darkroom.Workbench.Evaluation;

/// <summary>A picture to evaluate on.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="DegradedPath">The degraded picture, or null where the degradation is added.</param>
/// <param name="ReferencePath">The ground truth, or null where nobody knows it.</param>
public sealed record EvaluationItem(string Name, string? DegradedPath, string? ReferencePath);

/// <summary>Finds the pictures of an evaluation.</summary>
public static class EvaluationSet
{
    private const int MaxNamesListed = 3;

    /// <summary>Lists the pictures of a folder, or the one picture that a path names, in ordinal order.</summary>
    /// <exception cref="ArgumentException">There is no such folder or file, or there are no pictures in it.</exception>
    public static IReadOnlyList<EvaluationItem> Clean(string path) =>
        [.. Pictures(path).Select(file => new EvaluationItem(Path.GetFileName(file), null, file))];

    /// <summary>Lists the pictures of a folder, or the one picture that a path names, as degraded ones whose truth is not known.</summary>
    /// <exception cref="ArgumentException">There is no such folder or file, or there are no pictures in it.</exception>
    public static IReadOnlyList<EvaluationItem> Degraded(string path) =>
        [.. Pictures(path).Select(file => new EvaluationItem(Path.GetFileName(file), file, null))];

    /// <summary>Pairs the pictures of two folders, or two pictures.</summary>
    /// <remarks>
    /// By name without extension if every degraded picture has a reference of its name (references may be left over);
    /// else by their order, as in Rain100L (<c>rain-001.png</c>, <c>norain-001.png</c>), if there are as many of both.
    /// </remarks>
    /// <exception cref="ArgumentException">The pictures cannot be paired.</exception>
    public static IReadOnlyList<EvaluationItem> Pairs(string degradedPath, string referencePath)
    {
        var degraded = Pictures(degradedPath);
        var references = Pictures(referencePath);
        var byName = references.ToLookup(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase);
        if (degraded.All(file => byName[Path.GetFileNameWithoutExtension(file)].Count() == 1))
            return [.. degraded.Select(file => new EvaluationItem(Path.GetFileName(file), file, byName[Path.GetFileNameWithoutExtension(file)].Single()))];
        if (degraded.Count == references.Count)
            return [.. degraded.Zip(references, (file, reference) => new EvaluationItem(Path.GetFileName(file), file, reference))];

        var alone = degraded.Where(file => !byName[Path.GetFileNameWithoutExtension(file)].Any()).Select(Path.GetFileName).ToList();
        var named = string.Join(", ", alone.Take(MaxNamesListed)) + (alone.Count > MaxNamesListed ? ", ..." : string.Empty);
        throw new ArgumentException(
            $"{degraded.Count} pictures in '{degradedPath}' and {references.Count} in '{referencePath}' cannot be paired: {alone.Count} have no reference of their name ({named}); " +
            "equal names are needed, or equally many pictures in the same order.");
    }

    private static List<string> Pictures(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new ArgumentException($"There is no file or folder '{path}'.");
        var files = Directory.EnumerateFiles(path)
            .Where(file => ImageFormats.TryFromPath(file, out _) || RawDecoder.Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0
            ? files
            : throw new ArgumentException($"The folder '{path}' has no pictures; {string.Join(", ", ImageFormats.Extensions.Concat(RawDecoder.Extensions))} are read.");
    }
}
