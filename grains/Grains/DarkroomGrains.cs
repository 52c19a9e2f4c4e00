using Darkroom.Contracts.Errors;
using Darkroom.Grains.Calls;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;
using Darkroom.Grains.Describers;
using Darkroom.Grains.Devices;
using Darkroom.Grains.Jobs;
using Darkroom.Grains.Pictures;
using Darkroom.Grains.Routing;
using Darkroom.Grains.Runs;
using Darkroom.Grains.Sessions;
using Darkroom.Grains.Storage;
using Darkroom.Grains.Supervision;
using Darkroom.Grains.Tenants;
using Darkroom.Imaging;
using Darkroom.Storage;
using Darkroom.Storage.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;

namespace Darkroom.Grains;

/// <summary>Registers the grains' services in a silo.</summary>
public static class DarkroomGrains
{
    private const string CacheFolderName = "darkroom-cache";

    // Where checkpoints are put that are kept elsewhere.
    internal static string DefaultCacheFolder => Path.Combine(Path.GetTempPath(), CacheFolderName);

    /// <summary>Adds devices, models, the grains' storage and their options. The blob store is the host's to add.</summary>
    public static ISiloBuilder AddDarkroomGrains(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        AddOptions<ImagingOptions>(services, ImagingOptions.SectionName);
        AddOptions<DeviceOptions>(services, DeviceOptions.SectionName);
        AddOptions<ModelOptions>(services, ModelOptions.SectionName);
        AddOptions<RunOptions>(services, RunOptions.SectionName);
        AddOptions<SessionOptions>(services, SessionOptions.SectionName);
        AddOptions<JobOptions>(services, JobOptions.SectionName);
        AddOptions<DescriberOptions>(services, DescriberOptions.SectionName);
        services.AddSingleton<IValidateOptions<DescriberOptions>, DescriberOptionsValidator>();
        AddOptions<TenantOptions>(services, TenantOptions.SectionName);
        AddOptions<SupervisorOptions>(services, SupervisorOptions.SectionName);

        services.TryAddSingleton(provider => new CheckpointStore(
            provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<ContentStore>(), provider.GetService<AuditLog>()));
        services.TryAddSingleton(provider => new CheckpointReader(
            provider.GetRequiredService<ContentStore>(),
            provider.GetRequiredService<IOptions<ModelOptions>>().Value.CacheFolder ?? DefaultCacheFolder));
        services.TryAddSingleton(provider => new TenantIndex(provider.GetRequiredService<IBlobStore>()));
        services.TryAddSingleton<StoredPipelines>();
        services.TryAddSingleton<IPipelineLoader, CheckpointPipelineLoader>();
        services.AddSingleton<DeviceSet>();
        services.AddSingleton(provider => new DeviceHealth(provider.GetRequiredService<DeviceSet>()));
        services.AddSingleton<WorkspaceStore>();
        services.AddSingleton<RunBlobs>();
        services.AddSingleton<EndpointDescriber>();
        services.AddSingleton<RunPreparer>();
        services.AddSingleton<EncodedTiles>();
        services.AddSingleton<RunPreviews>();
        services.AddSingleton<RunStepper>();
        services.AddSingleton<StoredTiles>();
        services.AddSingleton<RunFinisher>();
        services.AddSingleton<RunService>();
        services.AddSingleton<SourceReader>();
        services.AddSingleton<PictureRenderer>();
        services.AddSingleton<PictureLooker>();
        services.AddSingleton<RunRouter>();
        services.AddSingleton<SessionPages>();
        services.AddSingleton<JobBlobs>();
        services.AddSingleton<JobLister>();
        services.AddSingleton<JobSources>();
        services.AddSingleton<UnfinishedRegister>();
        AddParticipant<DeviceReporter>(services);
        AddParticipant<SiloHeart>(services);
        AddParticipant<SiloDrain>(services);

        services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (provider, _) => new BlobGrainStorage(provider.GetRequiredService<IBlobStore>(), provider.GetRequiredService<Serializer>(), provider));
        silo.AddIncomingGrainCallFilter<CallErrors>().AddOutgoingGrainCallFilter<ActivationErrors>();
        return silo.AddPlacementDirector<ModelPlacement, ModelPlacementDirector>();
    }

    private static void AddParticipant<TParticipant>(IServiceCollection services)
        where TParticipant : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.AddSingleton<TParticipant>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<TParticipant>());
    }

    private static void AddOptions<TOptions>(IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
