using System.Reflection;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Compat.Torch;

/// <summary>The binding names operators by strings: each must exist in the libtorch that is installed.</summary>
public sealed class OperatorTests
{
    // The functional uses whichever of the two attention operators the libtorch has.
    private static readonly string[] VersionDependent = ["functional.AttentionOp", "functional.OldAttentionOp"];

    [Fact]
    public void Operators_NamedByTheBinding_ExistInThisLibtorch()
    {
        var assembly = typeof(torch).Assembly;
        var type = assembly.GetType("TorchSharp.Interop.Op");
        Assert.SkipWhen(type is null, $"{assembly.GetName().Name} is the official package.");
        var exists = type.GetProperty("Exists", BindingFlags.Instance | BindingFlags.NonPublic)!;

        var operators = assembly.GetTypes()
            .SelectMany(holder => holder.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
            .Where(field => field.FieldType == type)
            .ToArray();
        var missing = operators
            .Where(field => !VersionDependent.Contains($"{field.DeclaringType!.Name}.{field.Name}"))
            .Where(field => !(bool)exists.GetValue(field.GetValue(null))!)
            .Select(field => $"{field.DeclaringType!.Name}.{field.Name}")
            .ToArray();

        Assert.True(operators.Length > 500, $"only {operators.Length} operators were found");
        Assert.Empty(missing);
    }
}
