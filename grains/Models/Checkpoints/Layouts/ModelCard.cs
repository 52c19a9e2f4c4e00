namespace Darkroom.Models.Checkpoints.Layouts;

/// <summary>Reads what publishers write at the top of a <c>README.md</c>: lines of <c>key: value</c> between two lines of <c>---</c>.</summary>
public static class ModelCard
{
    private const string FileName = "README.md";
    private const string Fence = "---";
    private const string LicenseKey = "license:";
    private const int MaxLines = 200;
    private const int MaxLength = 100;

    /// <summary>The license that a folder's model card states.</summary>
    /// <returns>The license, or null when there is no card or it does not say.</returns>
    public static string? LicenseOf(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        var lines = File.ReadLines(path).Take(MaxLines).ToList();
        if (lines.FirstOrDefault()?.Trim() != Fence)
            return null;
        var line = lines.Skip(1).TakeWhile(text => text.Trim() != Fence).FirstOrDefault(text => text.StartsWith(LicenseKey, StringComparison.Ordinal));
        var license = line?[LicenseKey.Length..].Trim().Trim('"', '\'');
        return license is { Length: > 0 and <= MaxLength } && !license.Any(char.IsControl) ? license : null;
    }
}
