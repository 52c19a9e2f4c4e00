using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Describers;

/// <summary>A language model of another server that describes pictures in place of the built-in describer. Configuration section: <c>Describer</c>.</summary>
public sealed class DescriberOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Describer";

    /// <summary>Gets or sets the address of an OpenAI-compatible service, such as <c>http://vllm:8000/v1</c>.</summary>
    /// <value>Default: null, which means the built-in describer alone.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the name of the model there; it must take pictures.</summary>
    /// <value>Default: empty; needed with <see cref="Endpoint"/>.</value>
    public string Model { get; set; } = string.Empty;

    /// <summary>Gets or sets the key of the service.</summary>
    /// <value>Default: empty, for services that want none.</value>
    public string ApiKey { get; set; } = string.Empty;

    /// <summary>Gets or sets the name of an imported LLaVA that describes pictures in the silo's own process; an <see cref="Endpoint"/> is asked before it.</summary>
    /// <value>Default: null, which means the built-in describer.</value>
    /// <remarks>It is loaded once a device, whatever number of models uses it.</remarks>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", ErrorMessage = "Describer:Checkpoint has letters, digits, '.', '_' and '-', at most 100 of them.")]
    public string? Checkpoint { get; set; }

    /// <summary>Gets or sets how long all attempts at one picture may take.</summary>
    /// <value>Default: 10 s, which is less than a session waits for a description.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how often a failed attempt is repeated.</summary>
    /// <value>Default: 2.</value>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Gets or sets the time between two attempts.</summary>
    /// <value>Default: 500 ms.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets for how long the service is left alone after all attempts failed, so that a batch does not wait for it at each picture.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the longest side of the picture that is sent (pixels).</summary>
    /// <value>Default: 768.</value>
    [Range(64, 4096)]
    public int PictureSize { get; set; } = 768;
}

/// <summary>Checks the rules over several values.</summary>
internal sealed class DescriberOptionsValidator : IValidateOptions<DescriberOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DescriberOptions options) => options switch
    {
        { Endpoint: null } => ValidateOptionsResult.Success,
        { Endpoint: { IsAbsoluteUri: true, Scheme: "http" or "https" }, Model.Length: > 0 } => ValidateOptionsResult.Success,
        { Model.Length: 0 } => ValidateOptionsResult.Fail($"{DescriberOptions.SectionName}:{nameof(DescriberOptions.Model)} is empty; with {DescriberOptions.SectionName}:{nameof(DescriberOptions.Endpoint)} the name of a model is needed."),
        _ => ValidateOptionsResult.Fail($"{DescriberOptions.SectionName}:{nameof(DescriberOptions.Endpoint)} is '{options.Endpoint}'; an absolute http or https address is allowed, such as http://vllm:8000/v1."),
    };
}
