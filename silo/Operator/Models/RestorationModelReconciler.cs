using System.Text.Json;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Errors;
using Darkroom.Grains.Checkpoints;
using Darkroom.Models.Checkpoints;
using Darkroom.Silo.Operator.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo.Operator.Models;

/// <summary>Imports the checkpoint of each <c>RestorationModel</c> and keeps it in the memory of devices, as long as the resource is there. The checkpoint itself stays.</summary>
internal sealed partial class RestorationModelReconciler(
    KubernetesClient client,
    CheckpointStore store,
    ModelImports imports,
    ModelResidents residents,
    IGrainFactory grains,
    OperatorOptions options,
    TimeProvider time,
    ILogger logger) : IResourceReconciler
{
    /// <inheritdoc/>
    public ResourceKind Kind => ResourceKind.Models;

    /// <summary>Models are looked at again and again: a device that forgets one has to be told.</summary>
    public bool IsSettled(KubernetesResource resource) => false;

    /// <inheritdoc/>
    public async Task<TimeSpan?> ReconcileAsync(KubernetesResource resource, CancellationToken cancellationToken)
    {
        if (resource.IsDeleted)
        {
            await FinalizeAsync(resource, cancellationToken);
            return null;
        }

        var before = KubernetesJson.TryRead<RestorationModelStatus>(resource.Status);
        try
        {
            var spec = Read(resource.Spec);
            if (!CheckpointStore.IsName(resource.Metadata.Name))
                throw new InvalidRequestException($"metadata.name cannot be the name of a checkpoint; allowed are {CheckpointStore.NameRule}.");
            resource = await Finalizer.AddAsync(client, Kind, resource, cancellationToken);
            var presence = await LookAsync(resource, spec, cancellationToken);
            var residency = presence.IsThere ? await residents.KeepAsync(resource.Metadata.Name, spec.Devices, cancellationToken) : null;
            await WriteAsync(resource, ModelReport.Of(resource, before, presence, residency, time.GetUtcNow()), cancellationToken);
            if (presence.Fraction is not null)
                return options.PollPeriod;
            if (presence.IsFault)
                return options.MaxRetryDelay;
            return presence.IsThere && spec.Devices == 0 ? null : options.ResidencyPeriod;
        }
        catch (InvalidRequestException error)
        {
            LogRefused(resource.Name, error.Message);
            await WriteAsync(resource, ModelReport.Refused(resource, before, "InvalidSpec", error.Message, time.GetUtcNow()), cancellationToken);
            return options.MaxRetryDelay;                                       // what is missing in the import folder may come
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(ResourceName name, string uid, CancellationToken cancellationToken)
    {
        await imports.StopAsync(uid);
        if (CheckpointStore.IsName(name.Name))
            await residents.ReleaseAsync(name.Name, cancellationToken);
    }

    private static RestorationModelSpec Read(JsonElement element)
    {
        var spec = SpecReader.Read<RestorationModelSpec>(element);
        return spec.Devices is >= 0 and <= RestorationModelSpec.MaxDevices
            ? spec
            : throw new InvalidRequestException($"spec.devices is {spec.Devices}; allowed are 0 to {RestorationModelSpec.MaxDevices}.");
    }

    private async Task<ModelPresence> LookAsync(KubernetesResource resource, RestorationModelSpec spec, CancellationToken cancellationToken)
    {
        var name = resource.Metadata.Name;
        if (await FindAsync(name, cancellationToken) is { } there)
        {
            imports.Forget(resource.Metadata.Uid);
            return there;
        }

        if (spec.Source is not { } source)
            return new ModelPresence(false, "Pending", "NotThere", $"The cluster has no checkpoint '{name}', and spec.source does not say where to import it from.");
        var import = imports.Look(resource.Metadata.Uid, name, source);
        if (!import.HasEnded)
            return new ModelPresence(false, "Importing", "Importing", "The checkpoint is being imported.", Fraction: import.Fraction);
        return import.Fault is { } fault
            ? new ModelPresence(false, "Refused", "ImportFailed", fault, IsFault: true)
            : new ModelPresence(false, "Importing", "Importing", "The import has ended.", Fraction: 1);
    }

    private async Task<ModelPresence?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await store.FindAsync(name, cancellationToken);
            var known = (await grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListCheckpointsAsync(cancellationToken).WaitAsync(cancellationToken)).FirstOrDefault(one => one.Name == name);
            if (known is null && manifest is null)
                return null;
            if (known is not { IsWhole: true })
                return new ModelPresence(false, "Imported", "NotWhole", $"The checkpoint '{name}' lacks networks that its pipeline needs; './cluster checkpoint show {name}' names them.", known?.Pipeline, manifest?.SizeBytes);
            return manifest is null
                ? new ModelPresence(true, "Imported", "Shipped", "The checkpoint comes with the silos.", known.Pipeline)
                : new ModelPresence(true, "Imported", "Imported", $"The checkpoint was imported from '{manifest.Source}' at {manifest.Imported:O}; its license is '{manifest.License}'.", known.Pipeline, manifest.SizeBytes);
        }
        catch (InvalidCheckpointException error)
        {
            throw new InvalidRequestException(error.Message);
        }
    }

    private async Task FinalizeAsync(KubernetesResource resource, CancellationToken cancellationToken)
    {
        if (!Finalizer.IsOn(resource))
            return;
        await ForgetAsync(resource.Name, resource.Metadata.Uid, cancellationToken);
        await Finalizer.RemoveAsync(client, Kind, resource, cancellationToken);
        LogFinalized(resource.Name);
    }

    private Task WriteAsync(KubernetesResource resource, RestorationModelStatus status, CancellationToken cancellationToken) =>
        StatusWriter.WriteAsync(client, Kind, resource, status, cancellationToken);

    [LoggerMessage(1640, LogLevel.Warning, "RestorationModel {Name} cannot be worked on: {Message}")]
    private partial void LogRefused(ResourceName name, string message);

    [LoggerMessage(1641, LogLevel.Information, "RestorationModel {Name} was deleted; its checkpoint stays in the store")]
    private partial void LogFinalized(ResourceName name);
}
