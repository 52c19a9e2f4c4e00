using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Darkroom.Grains;

/// <summary>The one meter and the one activity source of Darkroom.</summary>
public static class DarkroomTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Darkroom";

    /// <summary>Gets the meter.</summary>
    public static Meter Meter { get; } = new(Name);

    /// <summary>Gets the activity source.</summary>
    public static ActivitySource Source { get; } = new(Name);
}
