using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>The element types of checkpoints.</summary>
public static class ElementTypes
{
    /// <summary>Gets the types by the names that safetensors gives them.</summary>
    internal static IReadOnlyDictionary<string, (ScalarType Type, int Size)> Known { get; } = new Dictionary<string, (ScalarType Type, int Size)>(StringComparer.Ordinal)
    {
        ["BOOL"] = (ScalarType.Bool, 1), ["U8"] = (ScalarType.Byte, 1), ["I8"] = (ScalarType.Int8, 1),
        ["I16"] = (ScalarType.Int16, 2), ["I32"] = (ScalarType.Int32, 4), ["I64"] = (ScalarType.Int64, 8),
        ["F16"] = (ScalarType.Float16, 2), ["BF16"] = (ScalarType.BFloat16, 2),
        ["F32"] = (ScalarType.Float32, 4), ["F64"] = (ScalarType.Float64, 8),
    };

    /// <summary>Gets safetensors' name of a type.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static string NameOf(ScalarType type) =>
        Known.FirstOrDefault(pair => pair.Value.Type == type).Key
        ?? throw new ArgumentException($"safetensors cannot store {type}; allowed are {string.Join(", ", Known.Keys)}.");

    /// <summary>Gets the size of an element (bytes).</summary>
    public static int SizeOf(ScalarType type) => Known[NameOf(type)].Size;

    /// <summary>The type that a tensor gets where those of floating-point numbers are converted.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="floatType">What floating-point numbers become, or null to leave them.</param>
    public static ScalarType Convert(ScalarType type, ScalarType? floatType) =>
        IsFloat(type) ? floatType ?? type : type;

    /// <summary>Whether a type is one of floating-point numbers.</summary>
    public static bool IsFloat(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;
}
