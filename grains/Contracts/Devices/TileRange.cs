namespace Darkroom.Contracts.Devices;

/// <summary>Some of a picture's tiles: a part that a device works on while others work on the rest.</summary>
/// <param name="First">The first tile.</param>
/// <param name="End">The tile after the last one.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.TileRange")]
public sealed record TileRange([property: Id(0)] int First, [property: Id(1)] int End)
{
    /// <summary>Gets how many tiles it has.</summary>
    public int Count => End - First;

    /// <summary>Tells by which id a device knows the part: steps and the release name it in place of the run.</summary>
    public string IdOf(string runId) => $"{runId}#{First}";
}
