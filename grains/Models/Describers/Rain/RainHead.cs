using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Darkroom.Models.Describers.Rain;

/// <summary>Says from <see cref="RainFeatures"/> how likely it is that a picture shows rain.</summary>
/// <remarks>
/// Two layers look at each direction beside its neighbours, as a convolution on the circle of directions: what is learnt of rain
/// from the left holds for rain from the right. Then the strongest answer near the vertical counts, beside the mean of all.
/// </remarks>
public sealed class RainHead : nn.Module<Tensor, Tensor, Tensor>
{
    private const int Width = 32;
    private const int Neighbours = 2;                                           // on each side
    private const int SteepAngles = 5;                                          // on each side of the vertical: up to 56 degrees
    private const double Dropout = 0.1;
    private const double UntrainedLogit = -4;                                   // an untrained head sees no rain

    [ComponentName(Name = "directed")]
    private readonly Linear directed;
    [ComponentName(Name = "plain")]
    private readonly Linear plain;
    [ComponentName(Name = "neighbours")]
    private readonly Linear neighbours;
    [ComponentName(Name = "hidden")]
    private readonly Linear hidden;
    [ComponentName(Name = "answer")]
    private readonly Linear answer;

    /// <summary>Makes a head with random weights, which says "no rain" to everything until it is trained.</summary>
    public RainHead()
        : base(nameof(RainHead))
    {
        const int Circle = 2 * Neighbours + 1;
        directed = nn.Linear(Circle * RainFeatures.DirectedCount, Width);
        plain = nn.Linear(RainFeatures.PlainCount, Width);
        neighbours = nn.Linear(Circle * Width, Width);
        hidden = nn.Linear(2 * Width, Width);
        answer = nn.Linear(Width, 1);
        RegisterComponents();
        using var guard = no_grad();
        answer.weight.zero_();
        answer.bias!.fill_(UntrainedLogit);
    }

    /// <summary>Measures pictures.</summary>
    /// <param name="directedFeatures">From <see cref="RainFeatures.Directed"/>, [B, F, 16].</param>
    /// <param name="plainFeatures">From <see cref="RainFeatures.Plain"/>, [B, G].</param>
    /// <returns>The logit of rain, [B]; the caller disposes it.</returns>
    public override Tensor forward(Tensor directedFeatures, Tensor plainFeatures)
    {
        using var scope = NewDisposeScope();
        var features = directed.call(Circle(directedFeatures)) + plain.call(plainFeatures).unsqueeze(1);   // [B, 16, Width]
        features = neighbours.call(Circle(features.relu().transpose(1, 2))).relu();            // [B, 16, Width]
        var steep = features.roll(SteepAngles, dims: 1).narrow(1, 0, 2 * SteepAngles + 1);           // [B, 11, Width]
        var pooled = cat([steep.amax([1]), features.mean([1])], 1);             // [B, 2 Width]
        return answer.call(Dropped(hidden.call(Dropped(pooled)).relu())).squeeze(1).MoveToOuterDisposeScope();

        // In training only: a few thousand pictures are soon known by heart.
        Tensor Dropped(Tensor values) => nn.functional.dropout(values, Dropout, training);
    }

    /// <summary>Makes a head that was trained on (features - offset) * scale take the features as they are.</summary>
    /// <param name="directedOffset">[F].</param>
    /// <param name="directedScale">[F].</param>
    /// <param name="plainOffset">[G].</param>
    /// <param name="plainScale">[G].</param>
    public void Absorb(Tensor directedOffset, Tensor directedScale, Tensor plainOffset, Tensor plainScale)
    {
        const int Circle = 2 * Neighbours + 1;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        Change(directed, directedOffset.repeat(Circle), directedScale.repeat(Circle));
        Change(plain, plainOffset, plainScale);

        static void Change(Linear layer, Tensor offset, Tensor scale)
        {
            layer.weight.mul_(scale);
            layer.bias!.sub_(layer.weight.matmul(offset));
        }
    }

    // Each direction with its neighbours: [B, C, 16] to [B, 16, 5C].
    private static Tensor Circle(Tensor features) =>
        cat(Enumerable.Range(-Neighbours, 2 * Neighbours + 1).Select(shift => features.roll(shift, dims: 2)).ToArray(), 1).transpose(1, 2);
}
