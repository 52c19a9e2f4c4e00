namespace Darkroom.Grains.Leases;

/// <summary>What is persisted of a lease: written when it changes hands, not when it is held on to.</summary>
[GenerateSerializer, Alias("Darkroom.LeaseState")]
internal sealed class LeaseState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

    /// <summary>Gets or sets the layout the state was written with; 0 for a lease that nobody ever had.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets who has it; empty for nobody.</summary>
    [Id(1)]
    public string Holder { get; set; } = string.Empty;

    /// <summary>Gets or sets after which silence of the holder somebody else may have it.</summary>
    [Id(2)]
    public TimeSpan Duration { get; set; }

    /// <summary>Gets or sets how often it went to somebody else.</summary>
    [Id(3)]
    public long Term { get; set; }
}
