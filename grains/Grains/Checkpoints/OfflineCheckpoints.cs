using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Storage;
using Darkroom.Storage.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Darkroom.Grains.Checkpoints;

/// <summary>The cluster's checkpoints, opened without a cluster: for commands that import, evaluate or measure.</summary>
public sealed class OfflineCheckpoints : IDisposable
{
    private readonly ServiceProvider services;

    private OfflineCheckpoints(ServiceProvider services)
    {
        this.services = services;
        Store = new CheckpointStore(services.GetRequiredService<IBlobStore>(), services.GetRequiredService<ContentStore>(), services.GetRequiredService<AuditLog>());
        Reader = new CheckpointReader(Store.Contents, DarkroomGrains.DefaultCacheFolder);
        Pipelines = new StoredPipelines(Store, Reader);
    }

    /// <summary>Gets the checkpoints.</summary>
    public CheckpointStore Store { get; }

    /// <summary>Gets what reads their networks.</summary>
    public CheckpointReader Reader { get; }

    /// <summary>Gets those that pipelines can be made of.</summary>
    public StoredPipelines Pipelines { get; }

    /// <summary>Opens the store that section <c>BlobStore</c> of the environment says, by default a folder.</summary>
    /// <param name="folder">The folder, or null for the default one.</param>
    /// <param name="requireFolder">Refuses a folder that cannot be used; may be null.</param>
    public static OfflineCheckpoints Open(string? folder, Action<string>? requireFolder = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build())
            .AddDarkroomBlobStore(options => options.Folder = folder ?? options.Folder)
            .BuildServiceProvider();
        var chosen = services.GetRequiredService<IOptions<BlobStoreOptions>>().Value;
        if (chosen.Kind == BlobStoreKind.Folder)
            requireFolder?.Invoke(chosen.ResolvedFolder);
        return new OfflineCheckpoints(services);
    }

    /// <inheritdoc/>
    public void Dispose() => services.Dispose();
}
