using System.Text.Json.Serialization;

namespace Darkroom.Silo.Operator.Models;

/// <summary>What the author of a <c>RestorationModel</c> wants. The checkpoint has the resource's name.</summary>
internal sealed record RestorationModelSpec
{
    /// <summary>The largest number of devices that a model is kept on.</summary>
    public const int MaxDevices = 1000;

    /// <summary>Gets what to import; null when the checkpoint is there, or somebody else imports it.</summary>
    public ModelSource? Source { get; init; }

    /// <summary>Gets on how many devices the model is kept in memory.</summary>
    public int Devices { get; init; } = 1;
}

/// <summary>Where a model comes from.</summary>
internal sealed record ModelSource
{
    /// <summary>The largest number of folders or files.</summary>
    public const int MaxPaths = 8;

    /// <summary>Gets folders or files below the import folder.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Gets the layout that it must have; null for any.</summary>
    public string? Layout { get; init; }

    /// <summary>Gets its license; null when it is not known.</summary>
    public string? License { get; init; }

    /// <summary>Gets what tensors of floating-point numbers become; null to keep them.</summary>
    public ModelFloatType? FloatType { get; init; }
}

/// <summary>What tensors of floating-point numbers can become.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelFloatType>))]
internal enum ModelFloatType
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>16 bits.</summary>
    Float16,

    /// <summary>16 bits with the range of 32.</summary>
    BFloat16,
}

/// <summary>What the operator says of a <c>RestorationModel</c>.</summary>
internal sealed record RestorationModelStatus
{
    /// <summary>Gets which version of the spec it is said of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Gets how far it is, in one word.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>Gets the pipeline that the checkpoint is for, once it is known.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Gets how far the import is, such as <c>42%</c>.</summary>
    public string? Progress { get; init; }

    /// <summary>Gets on how many devices the model is, of how many, such as <c>1/2</c>.</summary>
    public string? Residency { get; init; }

    /// <summary>Gets the bytes of the checkpoint in the store.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Gets what is so and what is not.</summary>
    public IReadOnlyList<StatusCondition> Conditions { get; init; } = [];
}
