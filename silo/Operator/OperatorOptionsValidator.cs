using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Darkroom.Silo.Operator;

/// <summary>Refuses an operator that would find no API server, or could not show it who it is.</summary>
internal sealed class OperatorOptionsValidator(IConfiguration configuration) : IValidateOptions<OperatorOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OperatorOptions options)
    {
        if (!options.Enabled)
            return ValidateOptionsResult.Skip;
        if (options.ApiServer is null && string.IsNullOrEmpty(configuration[ServiceAccount.HostKey]))
            return ValidateOptionsResult.Fail($"{OperatorOptions.SectionName}:{nameof(OperatorOptions.Enabled)} is set, but there is no API server to speak to: {ServiceAccount.HostKey} is not set, so this is no pod, and {OperatorOptions.SectionName}:{nameof(OperatorOptions.ApiServer)} names none.");
        if (options.ImportFolder is { } folder && !Directory.Exists(folder))
            return ValidateOptionsResult.Fail($"{OperatorOptions.SectionName}:{nameof(OperatorOptions.ImportFolder)} is '{folder}', and there is no such folder.");
        return File.Exists(options.TokenFile)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{OperatorOptions.SectionName}:{nameof(OperatorOptions.TokenFile)} is '{options.TokenFile}', and there is no such file: the pod needs automountServiceAccountToken.");
    }
}
