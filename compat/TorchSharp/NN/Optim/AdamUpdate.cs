using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The update that Adam and AdamW share, over all parameters of a group that have taken the same number of steps.</summary>
/// <remarks>Kingma and Ba, arXiv:1412.6980, algorithm 1; decoupled decay: Loshchilov and Hutter, arXiv:1711.05101.</remarks>
internal sealed record AdamUpdate(double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, bool Maximize, bool Decoupled)
{
    private static readonly Op MaximumOp = new("maximum");

    internal readonly record struct Slot(Parameter Parameter, Tensor Gradient, Tensor Mean, Tensor Square, Tensor? LargestSquare, long Step);

    internal void Apply(IReadOnlyList<Slot> slots)
    {
        foreach (var sameStep in slots.GroupBy(slot => slot.Step))
        {
            Apply(sameStep.ToArray(), sameStep.Key);
        }
    }

    private void Apply(Slot[] slots, long step)
    {
        Tensor[] parameters = Array.ConvertAll(slots, slot => (Tensor)slot.Parameter);
        var gradients = Array.ConvertAll(slots, slot => slot.Gradient);
        var means = Array.ConvertAll(slots, slot => slot.Mean);
        var squares = Array.ConvertAll(slots, slot => slot.Square);
        if (Maximize)
        {
            gradients = ForeachOps.Neg(gradients);
        }

        if (WeightDecay != 0 && Decoupled)
        {
            ForeachOps.Mul(parameters, 1 - (LearningRate * WeightDecay));
        }
        else if (WeightDecay != 0)
        {
            gradients = ForeachOps.Added(gradients, parameters, WeightDecay);
        }

        ForeachOps.Mul(means, Beta1);
        ForeachOps.Add(means, gradients, 1 - Beta1);
        ForeachOps.Mul(squares, Beta2);
        ForeachOps.Addcmul(squares, gradients, gradients, 1 - Beta2);

        var divisors = ForeachOps.Sqrt(LargestOf(slots, squares));
        ForeachOps.Div(divisors, Math.Sqrt(1 - Math.Pow(Beta2, step)));
        ForeachOps.Add(divisors, Epsilon);
        ForeachOps.Addcdiv(parameters, means, divisors, -LearningRate / (1 - Math.Pow(Beta1, step)));
    }

    /// <summary>With AMSGrad the largest second moment seen so far, otherwise the current one.</summary>
    private static Tensor[] LargestOf(Slot[] slots, Tensor[] squares)
    {
        if (slots[0].LargestSquare is null)
        {
            return squares;
        }

        foreach (var slot in slots)
        {
            slot.LargestSquare!.copy_(MaximumOp.Call(slot.LargestSquare, slot.Square));
        }

        return Array.ConvertAll(slots, slot => slot.LargestSquare!);
    }
}
