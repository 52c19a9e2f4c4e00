using System.Globalization;
using Darkroom.Silo.Operator.Kubernetes;

namespace Darkroom.Silo.Operator.Models;

/// <summary>What is known of a model's checkpoint.</summary>
/// <param name="IsThere">Whether the cluster can load it.</param>
/// <param name="Phase">How far it is, in one word.</param>
/// <param name="Reason">Why, in one word.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="Pipeline">The pipeline that it is for, once it is known.</param>
/// <param name="SizeBytes">Its bytes in the store, once they are known.</param>
/// <param name="Fraction">How much of it is imported, 0..1; null when nothing is imported.</param>
/// <param name="IsFault">Whether something went wrong; it is tried again after a while.</param>
internal sealed record ModelPresence(
    bool IsThere, string Phase, string Reason, string Message, string? Pipeline = null, long? SizeBytes = null, double? Fraction = null, bool IsFault = false);

/// <summary>Says of a model what its resource's status is to say.</summary>
internal static class ModelReport
{
    /// <summary>The condition that the spec can be worked on.</summary>
    public const string Accepted = "Accepted";

    /// <summary>The condition that the cluster can load the checkpoint.</summary>
    public const string Imported = "Imported";

    /// <summary>The condition that the model is in memory where it should be.</summary>
    public const string Resident = "Resident";

    /// <summary>Makes the status of a resource that cannot be worked on.</summary>
    public static RestorationModelStatus Refused(KubernetesResource resource, RestorationModelStatus? before, string reason, string message, DateTimeOffset now) =>
        (before ?? new RestorationModelStatus()) with
        {
            ObservedGeneration = resource.Metadata.Generation,
            Phase = "Refused",
            Conditions = StatusCondition.MakeAll(
                    before?.Conditions, resource.Metadata.Generation, now,
                    (Accepted, false, reason, message), (Imported, false, reason, message), (Resident, false, reason, message)),
        };

    /// <summary>Makes the status of a resource.</summary>
    public static RestorationModelStatus Of(KubernetesResource resource, RestorationModelStatus? before, ModelPresence presence, Residency? residency, DateTimeOffset now)
    {
        var isResident = residency is { Wanted: > 0, Fault: null };
        return new RestorationModelStatus
        {
            ObservedGeneration = resource.Metadata.Generation,
            Phase = residency is null or { Wanted: 0 } ? presence.Phase : isResident ? "Resident" : "Loading",
            Pipeline = presence.Pipeline ?? before?.Pipeline,
            Progress = presence.Fraction is { } fraction ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * fraction)}%") : null,
            Residency = residency is null ? null : string.Create(CultureInfo.InvariantCulture, $"{residency.Resident}/{residency.Wanted}"),
            SizeBytes = presence.SizeBytes,
            Conditions = StatusCondition.MakeAll(
                    before?.Conditions, resource.Metadata.Generation, now,
                    (Accepted, true, "Valid", "The resource can be worked on."),
                    (Imported, presence.IsThere, presence.Reason, presence.Message),
                    (Resident, isResident, residency?.Reason ?? presence.Reason, ResidencyMessage(presence, residency))),
        };
    }

    private static string ResidencyMessage(ModelPresence presence, Residency? residency) => residency switch
    {
        null => presence.Message,
        { Wanted: 0 } => "spec.devices is 0: it is loaded when it is needed.",
        { Fault: { } fault } => fault,
        _ => string.Create(CultureInfo.InvariantCulture, $"It is in the memory of {residency.Resident} devices."),
    };
}
