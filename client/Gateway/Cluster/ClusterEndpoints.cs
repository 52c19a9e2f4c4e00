using System.Collections.Immutable;
using Darkroom.Client.Http;
using Darkroom.Contracts.Catalog;
using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Supervision;
using Darkroom.Contracts.Tenants;
using Darkroom.Gateway.Identity;

namespace Darkroom.Gateway.Cluster;

/// <summary>What the cluster has and does, and what the caller uses of it.</summary>
internal static class ClusterEndpoints
{
    /// <summary>Adds the routes.</summary>
    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/usage", UsageAsync).WithTags("Usage").WithName("getUsage");
        routes.MapGet("/pipelines", PipelinesAsync).WithTags("Catalog").WithName("listPipelines");
        routes.MapGet("/checkpoints", CheckpointsAsync).WithTags("Catalog").WithName("listCheckpoints");
        routes.MapGet("/cluster", ClusterAsync).WithTags("Cluster").WithName("getCluster").RequireAuthorization(Caller.Operator);
    }

    /// <summary>Tells what the tenant may, has and has used.</summary>
    internal static async Task<UsageReport> UsageAsync(Caller caller, CancellationToken cancellationToken) =>
        new(await caller.Client.GetTenantAsync(cancellationToken), await caller.Client.ListUsageAsync(cancellationToken));

    /// <summary>Lists the pipelines, also those that no checkpoint is there for.</summary>
    internal static Task<ImmutableArray<PipelineInfo>> PipelinesAsync(IGrainFactory grains, CancellationToken cancellationToken) =>
        grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListPipelinesAsync(cancellationToken);

    /// <summary>Lists the checkpoints; the name of one is the <c>model</c> of a session, a run or a job.</summary>
    internal static Task<ImmutableArray<CheckpointInfo>> CheckpointsAsync(IGrainFactory grains, CancellationToken cancellationToken) =>
        grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).ListCheckpointsAsync(cancellationToken);

    /// <summary>Tells the silos with their devices, resident models and queues. For operators.</summary>
    internal static async Task<ClusterReport> ClusterAsync(IGrainFactory grains, CancellationToken cancellationToken) => new(
        [.. (await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken)).Select(ViewOf)],
        await grains.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key).GetStatusAsync(cancellationToken));

    // The cluster's own messages have defaults of a kind that OpenAPI cannot describe.
    private static SiloView ViewOf(SiloReport silo) => new(silo.Silo, [.. silo.Devices.Select(ViewOf)], silo.Models, silo.DefaultModel, silo.IsStopping);

    private static DeviceView ViewOf(DeviceReport device) => new(
        device.Device, device.QueueDepth, device.QueueCapacity, device.ResidentModels, device.IsHung, device.ExpectedWork, device.RunTime, device.LoadTime);
}

/// <summary>What the tenant may, has and has used.</summary>
/// <param name="Status">Limits, places and today.</param>
/// <param name="Days">A line for each day (UTC) with usage, oldest first.</param>
internal sealed record UsageReport(TenantStatus Status, ImmutableArray<UsageDay> Days);
