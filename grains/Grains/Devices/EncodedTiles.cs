using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Encodings of tiles that were worked on lately: a replay, a branch or another refinement of the same version begins from them.</summary>
/// <remarks>They go by the pixels themselves, so an encoding that is found is the one that would be made. Used from any device's thread.</remarks>
internal sealed class EncodedTiles(IOptions<DeviceOptions> options) : IDisposable
{
    private static readonly Counter<long> Encodings = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.tile.encodings", "{tile}", "Tiles that were to be encoded, and whether they had been before.");

    private readonly Lock gate = new();
    private readonly Dictionary<EncodedTileKey, LinkedListNode<(EncodedTileKey Key, Tensor Encoded)>> entries = [];
    private readonly LinkedList<(EncodedTileKey Key, Tensor Encoded)> byUse = [];
    private long bytes;

    /// <summary>Makes the latent that a tile's first step starts from, from an encoding that is kept if there is one. On the device's thread.</summary>
    /// <param name="encoder">The pipeline.</param>
    /// <param name="key">Names the tile.</param>
    /// <param name="tile">Makes the tile's pixels on the device.</param>
    /// <param name="context">The tile's row.</param>
    /// <returns>The latent; the caller owns it.</returns>
    public Tensor Begin(IPictureEncoder encoder, EncodedTileKey key, Func<Tensor> tile, StepContext context)
    {
        using var scope = NewDisposeScope();
        var known = Find(key);
        Encodings.Add(1, new KeyValuePair<string, object?>("reused", known is not null));
        var encoded = known ?? encoder.EncodePicture(tile());
        if (known is null)
            Keep(key, encoded);
        return encoder.Begin(encoded, context).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            while (byUse.First is not null)
                RemoveOldest();
        }
    }

    // A handle of its own: what is found stays valid, whatever is removed meanwhile.
    private Tensor? Find(EncodedTileKey key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry))
                return null;
            byUse.Remove(entry);
            byUse.AddLast(entry);
            return entry.Value.Encoded.alias();
        }
    }

    private void Keep(EncodedTileKey key, Tensor encoded)
    {
        var most = (long)options.Value.EncodedMebibytes << 20;
        lock (gate)
        {
            if (SizeOf(encoded) > most || entries.ContainsKey(key))
                return;
            entries.Add(key, byUse.AddLast((key, encoded.alias().DetachFromDisposeScope())));
            bytes += SizeOf(encoded);
            while (bytes > most)
                RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var (key, encoded) = byUse.First!.Value;
        byUse.RemoveFirst();
        entries.Remove(key);
        bytes -= SizeOf(encoded);
        encoded.Dispose();
    }

    private static long SizeOf(Tensor tensor) => tensor.numel() * tensor.ElementSize;
}

/// <summary>Names a tile's encoding.</summary>
/// <param name="Device">The device that has it.</param>
/// <param name="ModelHash">The checkpoint that made it.</param>
/// <param name="Width">Width of the tile (pixels).</param>
/// <param name="Height">Height of the tile (pixels).</param>
/// <param name="Pixels">SHA-256 of the pixels.</param>
internal readonly record struct EncodedTileKey(string Device, string ModelHash, int Width, int Height, string Pixels)
{
    /// <summary>Names a tile.</summary>
    public static EncodedTileKey Of(string device, string modelHash, int width, int height, ReadOnlySpan<float> pixels) =>
        new(device, modelHash, width, height, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(pixels))));
}
