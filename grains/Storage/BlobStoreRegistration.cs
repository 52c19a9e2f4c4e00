using Azure.Core;
using Azure.Storage.Blobs;
using Darkroom.Storage.Audit;
using Darkroom.Storage.AzureBlobs;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage;

/// <summary>Registers the blob store that the configuration asks for.</summary>
public static class BlobStoreRegistration
{
    /// <summary>Registers <see cref="IBlobStore"/>, <see cref="ContentStore"/>, <see cref="TenantIndex"/> and <see cref="AuditLog"/> as section <c>BlobStore</c> says.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Changes the options after the configuration; may be null.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    public static IServiceCollection AddDarkroomBlobStore(this IServiceCollection services, Action<BlobStoreOptions>? configure = null)
    {
        var options = services.AddOptions<BlobStoreOptions>()
            .BindConfiguration(BlobStoreOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BlobStoreOptions>, BlobStoreOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateStore);
        services.TryAddSingleton(provider => new ContentStore(provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new TenantIndex(provider.GetRequiredService<IBlobStore>()));
        services.TryAddSingleton(provider => new AuditLog(
            provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<AuditLog>>()));
        return services;
    }

    /// <summary>Makes the client of an Azure container with the retries and time-outs of the options.</summary>
    /// <param name="options">Valid options of kind Azure.</param>
    /// <param name="credential">Who we are when <see cref="BlobStoreOptions.ServiceUri"/> has no signature; may be null.</param>
    /// <returns>The client; nothing has been sent yet.</returns>
    public static BlobContainerClient CreateContainerClient(BlobStoreOptions options, TokenCredential? credential = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new BlobClientOptions();
        client.Retry.MaxRetries = options.MaxRetries;
        client.Retry.Delay = options.RetryDelay;
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.NetworkTimeout = options.NetworkTimeout;
        var service = (options.ServiceUri, credential) switch
        {
            (null, _) => new BlobServiceClient(options.ConnectionString, client),
            // An address with a signature says by itself who asks.
            (var uri, _) when uri.Query.Contains("sig=", StringComparison.Ordinal) => new BlobServiceClient(uri, client),
            (var uri, null) => new BlobServiceClient(uri, client),
            var (uri, known) => new BlobServiceClient(uri, known, client),
        };
        return service.GetBlobContainerClient(options.Container);
    }

    // Whoever registers a credential knows best; else a pod of Azure may be somebody by itself.
    private static TokenCredential? FindCredential(IServiceProvider services) =>
        services.GetService<TokenCredential>()
            ?? (services.GetService<IConfiguration>() is { } configuration
                ? WorkloadIdentity.Find(name => configuration[name], services.GetRequiredService<TimeProvider>())
                : null);

    private static IBlobStore CreateStore(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<BlobStoreOptions>>();
        return options.Value.Kind switch
        {
            BlobStoreKind.Azure => new AzureBlobStore(CreateContainerClient(options.Value, FindCredential(services))),
            _ => new FolderBlobStore(options, services.GetRequiredService<TimeProvider>(), services.GetService<ILogger<FolderBlobStore>>()),
        };
    }
}
