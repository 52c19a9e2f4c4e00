namespace Darkroom.Contracts.Devices;

/// <summary>Whether a device has a model that it is to keep.</summary>
public enum KeepOutcome
{
    /// <summary>It is in memory.</summary>
    Resident,

    /// <summary>It is being loaded.</summary>
    Loading,

    /// <summary>Models in use or just loaded leave no room for it; it is tried again.</summary>
    NoRoom,

    /// <summary>It could not be loaded; it is tried again after a while.</summary>
    Failed,

    /// <summary>It is not kept: others may take its place.</summary>
    Released,
}

/// <summary>Whether a device has a model that it is to keep.</summary>
/// <param name="Outcome">Whether it has.</param>
/// <param name="Reason">Why not; empty if it has.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.KeepResult")]
public sealed record KeepResult([property: Id(0)] KeepOutcome Outcome, [property: Id(1)] string Reason);
