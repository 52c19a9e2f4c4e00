namespace SixLabors.ImageSharp.Formats;

public sealed class DecoderOptions
{
    public bool SkipMetadata { get; init; }

    /// <summary>Only the first frame is ever read here, so every value of at least 1 means the same.</summary>
    public uint MaxFrames { get; init; } = int.MaxValue;
}
