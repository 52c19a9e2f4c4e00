using Darkroom.Contracts.Devices;

namespace Darkroom.Grains.Runs;

/// <summary>What is persisted of a part of a run: tiles that a device of their own works on.</summary>
[GenerateSerializer, Alias("Darkroom.RunPart")]
internal sealed class RunPart
{
    /// <summary>Gets or sets the tiles.</summary>
    [Id(0)]
    public required TileRange Tiles { get; set; }

    /// <summary>Gets or sets its last checkpoint: at first that of the run, at the part's first tile.</summary>
    [Id(1)]
    public required RunCheckpoint Checkpoint { get; set; }

    /// <summary>Gets whether all its tiles are in the blob store.</summary>
    public bool IsDone => Checkpoint.TilesDone >= Tiles.End;

    /// <summary>Gets the tiles that are not.</summary>
    public TileRange Left => new(Checkpoint.TilesDone, Tiles.End);
}
