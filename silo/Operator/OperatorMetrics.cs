using System.Diagnostics.Metrics;
using Darkroom.Grains;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator;

/// <summary>How a look at a resource ended.</summary>
internal enum ReconcileOutcome
{
    /// <summary>It is what it should be, or on its way.</summary>
    Done,

    /// <summary>Somebody changed it meanwhile.</summary>
    Conflict,

    /// <summary>It could not be brought further.</summary>
    Failed,
}

/// <summary>Measurements of the operator.</summary>
internal static class OperatorMetrics
{
    private static readonly Counter<long> Reconciles = DarkroomTelemetry.Meter.CreateCounter<long>(
        "darkroom.operator.reconciles", "{reconcile}", "Looks at resources of Kubernetes.");

    private static readonly UpDownCounter<long> Leading = DarkroomTelemetry.Meter.CreateUpDownCounter<long>(
        "darkroom.operator.leading", "{silo}", "Silos that look after the resources: one, or none where the operator is off.");

    /// <summary>Records a look at a resource.</summary>
    public static void Reconciled(ResourceKind kind, ReconcileOutcome outcome) =>
        Reconciles.Add(1, new KeyValuePair<string, object?>("kind", kind.Kind), new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    /// <summary>Records that this silo leads from now on.</summary>
    public static void Begun() => Leading.Add(1);

    /// <summary>Records that this silo leads no more.</summary>
    public static void Ended() => Leading.Add(-1);
}
