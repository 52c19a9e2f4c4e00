using System.Collections.Immutable;
using System.Globalization;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Grains.Sessions;

/// <summary>Tells what two versions were made with, where it differs.</summary>
internal static class VersionComparer
{
    private const string Standard = "default";
    private const string Nothing = "none";

    /// <summary>Lists the differences.</summary>
    public static ImmutableArray<VersionDifference> Differences(SessionVersion before, SessionVersion after) =>
        [.. Facts(before).Zip(Facts(after), (one, other) => new VersionDifference(one.Name, one.Value, other.Value)).Where(fact => fact.Before != fact.After)];

    private static IEnumerable<(string Name, string Value)> Facts(SessionVersion version)
    {
        var settings = version.Settings;
        yield return ("command", version.Kind is { } kind ? $"<{kind.ToString().ToLowerInvariant()}>" : Nothing);
        yield return ("instruction", version.Instruction.Length > 0 ? version.Instruction : Nothing);
        yield return ("description", version.Description ?? Nothing);
        yield return ("strength", Text(settings.Strength));
        yield return ("seed", settings.Seed.ToString(CultureInfo.InvariantCulture));
        yield return ("steps", settings.Steps?.ToString(CultureInfo.InvariantCulture) ?? Standard);
        yield return ("guidance scale", settings.GuidanceScale is { } scale ? Text(scale) : Standard);
        yield return ("image guidance scale", settings.ImageGuidanceScale is { } imageScale ? Text(imageScale) : Standard);
        yield return ("gain", settings.Gain is { } gain ? Text(gain) : Standard);
        yield return ("scheduler", settings.Scheduler ?? Standard);
        yield return ("region", Text(settings.Region));
        yield return ("pipeline", version.Route is { Pipeline.Length: > 0 } route ? route.Pipeline : Nothing);
        yield return ("model", version.Model ?? Nothing);
        yield return ("model hash", version.ModelHash ?? Nothing);
    }

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Text(RestorationRegion? region) => region switch
    {
        null => Nothing,
        { Box: { } box } => string.Create(CultureInfo.InvariantCulture, $"box {box.X},{box.Y} {box.Width} x {box.Height}, feather {region.Feather}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"a mask, feather {region.Feather}"),
    };
}
