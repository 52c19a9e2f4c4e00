using System.Collections.Immutable;
using Darkroom.Contracts.Supervision;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Client.Http;

/// <summary>Who the caller is.</summary>
/// <param name="Account">The tenant.</param>
/// <param name="Role"><c>user</c> or <c>operator</c>.</param>
/// <param name="Name">The name of the key or of the person.</param>
/// <param name="Login">How the caller was recognised: <c>Local</c>, <c>Key</c>, <c>Cookie</c> or <c>Bearer</c>.</param>
/// <param name="AntiforgeryToken">What a page that is signed in by cookie sends with what changes something.</param>
public sealed record CallerInfo(string Account, string Role, string? Name, string Login, string? AntiforgeryToken);

/// <summary>What the tenant may, has and has used.</summary>
/// <param name="Status">Limits, places and today.</param>
/// <param name="Days">A line for each day (UTC) with usage, oldest first.</param>
public sealed record TenantUsage(TenantLoad Status, ImmutableArray<UsageDay> Days);

/// <summary>What the tenant may, has and has used today.</summary>
/// <param name="Limits">What it may.</param>
/// <param name="ActiveRuns">Runs under way.</param>
/// <param name="QueuedRuns">Runs that wait for their turn.</param>
/// <param name="Today">What it used today.</param>
public sealed record TenantLoad(TenantLimits Limits, int ActiveRuns, int QueuedRuns, UsageDay Today);

/// <summary>What the cluster has and does.</summary>
/// <param name="Silos">The silos that have reported lately.</param>
/// <param name="Supervisor">What the supervisor knows.</param>
public sealed record ClusterReport(ImmutableArray<SiloView> Silos, SupervisorStatus Supervisor);

/// <summary>A silo.</summary>
/// <param name="Silo">Its address.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Models">Checkpoints that it can load.</param>
/// <param name="DefaultModel">The checkpoint for requests that name none.</param>
/// <param name="IsStopping">Whether it takes no new work.</param>
public sealed record SiloView(string Silo, ImmutableArray<DeviceView> Devices, ImmutableArray<string> Models, string DefaultModel, bool IsStopping);

/// <summary>A device.</summary>
/// <param name="Device">Its name in the silo.</param>
/// <param name="QueueDepth">Work items that wait.</param>
/// <param name="QueueCapacity">Work items that may wait.</param>
/// <param name="ResidentModels">Checkpoints in its memory.</param>
/// <param name="IsHung">Whether it does not come back from its work.</param>
/// <param name="ExpectedWork">How long its runs will keep it busy.</param>
/// <param name="RunTime">How long one more run will.</param>
/// <param name="LoadTime">How long a model takes to load there.</param>
public sealed record DeviceView(
    string Device, int QueueDepth, int QueueCapacity, ImmutableArray<string> ResidentModels, bool IsHung, TimeSpan ExpectedWork, TimeSpan RunTime, TimeSpan LoadTime);
