using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Devices;

/// <summary>Where the models are. Configuration section: <c>Model</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Model";

    /// <summary>Gets or sets the folder of the checkpoints (<c>NAME.safetensors</c>).</summary>
    /// <value>Default: null, which is the folder <c>weights</c> beside the program, or in the nearest folder above it that has one.</value>
    public string? WeightsFolder { get; set; }

    /// <summary>Gets or sets the folder for weights that are fetched from a distant blob store, and for notes on what was verified.</summary>
    /// <value>Default: null, which is <c>darkroom-cache</c> in the machine's folder for temporary files.</value>
    public string? CacheFolder { get; set; }

    /// <summary>Gets or sets the model for requests that name none.</summary>
    /// <value>Default: <c>llmra-compact</c>.</value>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", ErrorMessage = "Model:DefaultModel has letters, digits, '.', '_' and '-', at most 100 of them.")]
    public string DefaultModel { get; set; } = "llmra-compact";
}
