using System.Collections.Immutable;
using Darkroom.Contracts.Supervision;

namespace Darkroom.Grains.Supervision;

/// <summary>Which silos live, by their pulses, and whether one was lost lately.</summary>
internal sealed class SiloPulses(SupervisorOptions options, TimeProvider time)
{
    private readonly Dictionary<string, long> heard = new(StringComparer.Ordinal);
    private readonly HashSet<string> leaving = new(StringComparer.Ordinal);

    // A supervisor that just came to life may have died with a silo: what happened meanwhile it cannot know.
    private long unsettledSince = time.GetTimestamp();

    /// <summary>Gets the silos that sent a pulse lately.</summary>
    public ImmutableArray<string> Silos => [.. heard.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Gets whether a silo was lost or left lately.</summary>
    public bool IsUnsettled => time.GetElapsedTime(unsettledSince) < options.UnsettledTime;

    /// <summary>Takes a pulse.</summary>
    /// <returns>Whether the silo says for the first time that it leaves.</returns>
    public bool Add(SiloPulse pulse)
    {
        heard[pulse.Silo] = time.GetTimestamp();
        if (!pulse.IsLeaving || !leaving.Add(pulse.Silo))
            return false;
        unsettledSince = time.GetTimestamp();
        return true;
    }

    /// <summary>Forgets the silos that are silent.</summary>
    /// <returns>Those that did not say that they leave.</returns>
    public IReadOnlyList<string> Forget()
    {
        var lost = new List<string>();
        foreach (var (silo, at) in heard.ToList())
        {
            if (time.GetElapsedTime(at) <= options.MaxSilence)
                continue;
            heard.Remove(silo);
            unsettledSince = time.GetTimestamp();
            if (!leaving.Remove(silo))
                lost.Add(silo);
        }

        return lost;
    }
}
