using static TorchSharp.torch;

namespace Darkroom.Models.Training;

/// <summary>An exponential moving average of a network's weights, which restores better than the last weights.</summary>
public sealed class WeightAverage : IDisposable
{
    private readonly List<(Tensor Average, Tensor Source)> pairs;

    /// <summary>Starts with the weights as they are.</summary>
    /// <param name="network">The network; not disposed.</param>
    public WeightAverage(nn.Module network)
        : this(network.state_dict().Values)
    {
    }

    /// <summary>Starts with the weights as they are.</summary>
    /// <param name="weights">The weights; not disposed.</param>
    public WeightAverage(IEnumerable<Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        pairs = [.. weights.Select(weight => (weight.detach().clone().DetachFromDisposeScope(), weight))];
    }

    /// <summary>Gets the averages in the order of the weights; owned by this.</summary>
    public IEnumerable<Tensor> Averages => pairs.Select(pair => pair.Average);

    /// <summary>Moves the average towards the weights.</summary>
    /// <param name="decay">Share of the old average, 0 to below 1.</param>
    public void Update(double decay)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (average, source) in pairs)
            average.mul_(decay).add_(source, alpha: 1 - decay);
    }

    /// <summary>Runs something with the averaged weights in the network, then puts the trained ones back.</summary>
    /// <param name="action">What is done meanwhile.</param>
    public void Use(Action action)
    {
        Swap();
        try
        {
            action();
        }
        finally
        {
            Swap();
        }
    }

    /// <summary>Puts the averaged weights into the network for good.</summary>
    public void Adopt()
    {
        using var guard = no_grad();
        foreach (var (average, source) in pairs)
            source.copy_(average);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (average, _) in pairs)
            average.Dispose();
    }

    private void Swap()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (average, source) in pairs)
        {
            var kept = source.clone();
            source.copy_(average);
            average.copy_(kept);
        }
    }
}
