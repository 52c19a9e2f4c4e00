using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Devices;

/// <summary>The key of a model grain: <c>{silo address}/{device}/{model}</c>. It says where the grain must run.</summary>
/// <param name="Silo">The silo's address in its parsable form, such as <c>127.0.0.1:11111@432</c>.</param>
/// <param name="Device">The device, such as <c>cpu:0</c> or <c>cuda:1</c>.</param>
/// <param name="Model">The checkpoint's name, such as <c>llmra-compact</c>.</param>
public readonly record struct ModelGrainKey(string Silo, string Device, string Model)
{
    /// <summary>Reads a key.</summary>
    /// <exception cref="InvalidRequestException">The text does not have three parts.</exception>
    public static ModelGrainKey Parse(string key)
    {
        var parts = (key ?? string.Empty).Split('/');
        if (parts.Length != 3 || parts.Any(part => part.Length == 0))
            throw new InvalidRequestException($"A model grain's key is '{{silo address}}/{{device}}/{{model}}'; it is '{key}'.");
        return new ModelGrainKey(parts[0], parts[1], parts[2]);
    }

    /// <summary>Writes the key as grains use it.</summary>
    public override string ToString() => $"{Silo}/{Device}/{Model}";
}
