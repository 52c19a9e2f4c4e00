using System.Collections.Immutable;
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
        [.. (await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken)).Select(SiloView.Of)],
        await grains.GetGrain<ISupervisorGrain>(ISupervisorGrain.Key).GetStatusAsync(cancellationToken));
}

/// <summary>What the tenant may, has and has used.</summary>
/// <param name="Status">Limits, places and today.</param>
/// <param name="Days">A line for each day (UTC) with usage, oldest first.</param>
internal sealed record UsageReport(TenantStatus Status, ImmutableArray<UsageDay> Days);

/// <summary>What the cluster has and does.</summary>
/// <param name="Silos">The silos that have reported lately.</param>
/// <param name="Supervisor">What the supervisor knows.</param>
internal sealed record ClusterReport(ImmutableArray<SiloView> Silos, SupervisorStatus Supervisor);

/// <summary>A silo. (The cluster's own message has defaults of a kind that OpenAPI cannot describe.)</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Models">Checkpoints that it can load.</param>
/// <param name="DefaultModel">The checkpoint for requests that name none.</param>
/// <param name="IsStopping">Whether it takes no new work.</param>
internal sealed record SiloView(string Silo, ImmutableArray<DeviceView> Devices, ImmutableArray<string> Models, string DefaultModel, bool IsStopping)
{
    /// <summary>Makes it of what a silo reported.</summary>
    public static SiloView Of(SiloReport silo) => new(silo.Silo, [.. silo.Devices.Select(DeviceView.Of)], silo.Models, silo.DefaultModel, silo.IsStopping);
}

/// <summary>A device.</summary>
/// <param name="Device">Its name in the silo.</param>
/// <param name="QueueDepth">Work items that wait.</param>
/// <param name="QueueCapacity">Work items that may wait.</param>
/// <param name="ResidentModels">Checkpoints in its memory.</param>
/// <param name="IsHung">Whether it does not come back from its work.</param>
/// <param name="ExpectedWork">How long its runs will keep it busy.</param>
/// <param name="RunTime">How long one more run will.</param>
/// <param name="LoadTime">How long a model takes to load there.</param>
internal sealed record DeviceView(
    string Device, int QueueDepth, int QueueCapacity, ImmutableArray<string> ResidentModels, bool IsHung, TimeSpan ExpectedWork, TimeSpan RunTime, TimeSpan LoadTime)
{
    /// <summary>Makes it of what a silo reported.</summary>
    public static DeviceView Of(DeviceReport device) => new(
        device.Device, device.QueueDepth, device.QueueCapacity, device.ResidentModels, device.IsHung, device.ExpectedWork, device.RunTime, device.LoadTime);
}
