using System.Globalization;

namespace Darkroom.Cli.Output;

/// <summary>Numbers as people say them, the same in every country.</summary>
internal static class Amounts
{
    /// <summary>A time: 0.3 s, 2 min 5 s, 3 h 20 min.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s"),
    };

    /// <summary>A point in time (UTC), to the minute.</summary>
    public static string Of(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    /// <summary>A number of things: 1 picture, 2 pictures.</summary>
    public static string Of(int count, string thing) => string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? string.Empty : "s")}");

    /// <summary>A number of things whose plural is not just an s more.</summary>
    public static string Of(int count, string thing, string things) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? thing : things)}");

    /// <summary>Width and height.</summary>
    public static string Size(int width, int height) => string.Create(CultureInfo.InvariantCulture, $"{width} x {height}");
}
