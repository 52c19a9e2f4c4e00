using Microsoft.Extensions.Options;

namespace Darkroom.Storage;

/// <summary>Rules over several values of <see cref="BlobStoreOptions"/>.</summary>
internal sealed class BlobStoreOptionsValidator : IValidateOptions<BlobStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, BlobStoreOptions options)
    {
        if (!Enum.IsDefined(options.Kind))
        {
            return ValidateOptionsResult.Fail($"BlobStore:Kind is {(int)options.Kind}; Folder and Azure are allowed.");
        }

        if (options.Kind != BlobStoreKind.Azure)
        {
            return ValidateOptionsResult.Success;
        }

        var hasConnection = !string.IsNullOrWhiteSpace(options.ConnectionString);
        var hasUri = options.ServiceUri is not null;
        if (hasConnection == hasUri)
        {
            return ValidateOptionsResult.Fail(
                $"BlobStore:Kind is Azure and {(hasUri ? "both" : "none")} of BlobStore:ConnectionString and BlobStore:ServiceUri is given; give exactly one.");
        }

        return options.ServiceUri is { IsAbsoluteUri: false }
            ? ValidateOptionsResult.Fail($"BlobStore:ServiceUri is '{options.ServiceUri}'; an absolute address is needed.")
            : ValidateOptionsResult.Success;
    }
}
