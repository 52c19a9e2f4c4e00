using Azure.Storage.Blobs;
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

        if (options.ServiceUri is { IsAbsoluteUri: false })
        {
            return ValidateOptionsResult.Fail($"BlobStore:ServiceUri is '{options.ServiceUri}'; an absolute address is needed.");
        }

        // The string holds the key of the account, so the message does not show it.
        return hasConnection && !CanBeParsed(options.ConnectionString!)
            ? ValidateOptionsResult.Fail("BlobStore:ConnectionString is not a connection string of Azure storage (Name=Value pairs with ; between them).")
            : ValidateOptionsResult.Success;
    }

    private static bool CanBeParsed(string connectionString)
    {
        try
        {
            _ = new BlobServiceClient(connectionString);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
