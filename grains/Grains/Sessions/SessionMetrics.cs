using System.Diagnostics.Metrics;

namespace Darkroom.Grains.Sessions;

/// <summary>Measurements of sessions.</summary>
internal static class SessionMetrics
{
    private static readonly UpDownCounter<int> Active = DarkroomTelemetry.Meter.CreateUpDownCounter<int>(
        "darkroom.session.active", "{session}", "Sessions in memory.");

    /// <summary>Counts a session that came into memory.</summary>
    public static void Activated() => Active.Add(1);

    /// <summary>Counts a session that left memory.</summary>
    public static void Deactivated() => Active.Add(-1);
}
