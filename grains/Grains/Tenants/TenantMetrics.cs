using System.Diagnostics.Metrics;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Grains.Tenants;

/// <summary>Measurements of admission.</summary>
internal static class TenantMetrics
{
    private static readonly Counter<long> RefusedCount = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.tenant.refused", "{run}", "Requests that were refused because a tenant had used up a limit.");

    private static readonly Counter<long> LostCount = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.tenant.lost", "{run}", "Places that were taken back because their runs were never started or did not answer.");

    /// <summary>Records a refusal.</summary>
    public static void Refused(QuotaLimit limit, string tenantClass) => RefusedCount.Add(1, Tag.Limit(limit), Tag.TenantClass(tenantClass));

    /// <summary>Records a place that was taken back.</summary>
    public static void Lost(string tenantClass) => LostCount.Add(1, Tag.TenantClass(tenantClass));
}
