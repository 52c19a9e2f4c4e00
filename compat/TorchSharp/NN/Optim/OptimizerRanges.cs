using System.Runtime.CompilerServices;

namespace TorchSharp.Modules;

internal static class OptimizerRanges
{
    internal static void RequireNotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < 0)
        {
            throw new ArgumentException($"Invalid {name}: {value}; it must be 0 or more.", name);
        }
    }

    internal static void RequireFraction(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value is < 0 or >= 1)
        {
            throw new ArgumentException($"Invalid {name}: {value}; it must be at least 0 and less than 1.", name);
        }
    }
}
