using Darkroom.Cli.Embedded;
using Darkroom.Grains.Checkpoints;
using Darkroom.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Darkroom.Cli.Checkpoints;

/// <summary>The cluster's blob store, opened without a cluster.</summary>
internal sealed class CheckpointLibrary : IDisposable
{
    private readonly ServiceProvider services;

    private CheckpointLibrary(ServiceProvider services)
    {
        this.services = services;
        Store = new CheckpointStore(services.GetRequiredService<IBlobStore>(), services.GetRequiredService<ContentStore>());
    }

    /// <summary>Gets the checkpoints.</summary>
    public CheckpointStore Store { get; }

    /// <summary>Opens the store that section <c>BlobStore</c> of the environment says, by default a folder.</summary>
    /// <param name="dataFolder">The folder, or null for the default.</param>
    /// <exception cref="CommandLine.InputException">The folder cannot be written.</exception>
    public static CheckpointLibrary Open(string? dataFolder)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build())
            .AddDarkroomBlobStore(options => options.Folder = dataFolder ?? options.Folder)
            .BuildServiceProvider();
        var chosen = services.GetRequiredService<IOptions<BlobStoreOptions>>().Value;
        if (chosen.Kind == BlobStoreKind.Folder)
            LocalCluster.RequireWritable(chosen.ResolvedFolder);
        return new CheckpointLibrary(services);
    }

    /// <inheritdoc/>
    public void Dispose() => services.Dispose();
}
