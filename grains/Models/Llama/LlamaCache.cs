using static TorchSharp.torch;

namespace Darkroom.Models.Llama;

/// <summary>The keys and values of the tokens so far, so that each further token costs one token.</summary>
/// <remarks>Its memory is taken at once and only used as far as it is filled. Not thread-safe: one sequence, one cache.</remarks>
public sealed class LlamaCache : IDisposable
{
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="config">Sizes of the model.</param>
    /// <param name="batchSize">Number of sequences B.</param>
    /// <param name="capacity">Most tokens of a sequence.</param>
    /// <param name="dtype">Element type of the model's weights.</param>
    /// <param name="device">Where the model is.</param>
    public LlamaCache(LlamaConfig config, long batchSize, long capacity, ScalarType dtype, Device device)
    {
        if (batchSize < 1 || capacity < 1 || capacity > config.MaxTokens)
            throw new ArgumentException($"A cache of {batchSize} x {capacity} tokens was asked for; allowed are at least 1 and at most {config.MaxTokens} tokens.", nameof(capacity));
        Capacity = capacity;
        long[] shape = [batchSize, config.HeadCount, capacity, config.Width / config.HeadCount];
        keys = Make();
        values = Make();

        Tensor[] Make() => [.. Enumerable.Range(0, config.LayerCount).Select(_ => empty(shape, dtype: dtype, device: device).DetachFromDisposeScope())];
    }

    /// <summary>Gets the most tokens it can hold.</summary>
    public long Capacity { get; }

    /// <summary>Gets how many tokens it holds.</summary>
    public long Length { get; private set; }

    /// <summary>Releases the memory.</summary>
    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values))
            tensor.Dispose();
    }

    /// <summary>Throws unless some more tokens fit.</summary>
    internal void Require(long batchSize, long more)
    {
        if (batchSize != keys[0].shape[0])
            throw new ArgumentException($"The cache is for {keys[0].shape[0]} sequences; {batchSize} were given.", nameof(batchSize));
        if (Length + more > Capacity)
            throw new ArgumentException($"The cache holds {Length} tokens and {more} more were given; allowed are {Capacity}. Make it with a larger capacity.", nameof(more));
    }

    /// <summary>Writes a layer's new keys and values behind those before, and gives all of them; the caller has a dispose scope.</summary>
    /// <param name="layer">Which layer.</param>
    /// <param name="key">[B, heads, N, headWidth].</param>
    /// <param name="value">[B, heads, N, headWidth].</param>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var count = key.shape[2];
        keys[layer].narrow(2, Length, count).copy_(key);
        values[layer].narrow(2, Length, count).copy_(value);
        return (keys[layer].narrow(2, 0, Length + count), values[layer].narrow(2, 0, Length + count));
    }

    /// <summary>Counts the tokens that every layer has appended.</summary>
    internal void Advance(long count) => Length += count;
}
