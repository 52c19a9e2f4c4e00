namespace TorchSharp.Modules;

/// <summary>Writes one size, or a pair, as the (height, width) list of the pooling operators.</summary>
internal static class PoolSizes
{
    internal static long[]? Of(long? size) => size is { } both ? [both, both] : null;

    internal static long[]? Of((long, long)? size) => size is { } pair ? [pair.Item1, pair.Item2] : null;
}
