namespace Darkroom.Client.Http;

/// <summary>Makes paths and queries of names that may hold anything.</summary>
internal static class HttpPath
{
    /// <summary>Writes a name as one segment of a path.</summary>
    /// <exception cref="ArgumentException">It is empty, <c>.</c> or <c>..</c>, which no path can hold.</exception>
    public static string Segment(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name is "." or ".." ? throw new ArgumentException($"'{name}' is no name.", nameof(name)) : Uri.EscapeDataString(name);
    }

    /// <summary>Writes a name with slashes as segments of a path.</summary>
    public static string Segments(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return string.Join('/', name.Split('/').Select(Segment));
    }

    /// <summary>Adds a query; values that are null are left out.</summary>
    public static string Query(string path, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var text = new System.Text.StringBuilder(path);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in values)
        {
            if (value is null)
                continue;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!));
            separator = '&';
        }

        return text.ToString();
    }
}
