namespace Darkroom.Gateway;

/// <summary>The arguments of <c>./cluster up</c>: a misspelling never passes silently.</summary>
internal static class UpArguments
{
    /// <summary>Gets the switches and the settings that they stand for.</summary>
    public static Dictionary<string, string> Switches { get; } = new()
    {
        ["--port"] = $"{ListenOptions.SectionName}:{nameof(ListenOptions.Port)}",
        ["--address"] = $"{ListenOptions.SectionName}:{nameof(ListenOptions.Address)}",
        ["--silos"] = $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.Silos)}",
        ["--data"] = "BlobStore:Folder",
    };

    /// <summary>Tells what is wrong with arguments, or null.</summary>
    public static string? FaultOf(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].Split('=', 2)[0];
            if (!Switches.ContainsKey(name) && !IsSetting(name))
                return $"'{arguments[i]}' is no option of './cluster up'; there are {string.Join(", ", Switches.Keys)}, and --Section:Name=VALUE for every setting, --OTEL_NAME=VALUE for those of OpenTelemetry.";
            if (name == arguments[i] && ++i == arguments.Count)
                return $"{name} has no value.";
        }

        return null;
    }

    // A setting of the configuration is a section and a name; those of OpenTelemetry have no section.
    private static bool IsSetting(string name) =>
        name.StartsWith("--OTEL_", StringComparison.Ordinal) || (name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal));
}
