namespace Darkroom.Tests.Compat;

/// <summary>Whether a type comes from the stand-in or from the official package.</summary>
internal static class StandIn
{
    internal const string EndsTheProcess = "TorchSharp 0.107 does not catch this error in its native part: the process ends.";

    internal static bool Has(Type type) => type.Assembly.GetName().Name!.StartsWith("Darkroom.Compat", StringComparison.Ordinal);
}
