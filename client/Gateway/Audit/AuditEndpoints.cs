using System.Globalization;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Problems;
using Darkroom.Storage.Audit;

namespace Darkroom.Gateway.Audit;

/// <summary>What operators did, for operators.</summary>
internal static class AuditEndpoints
{
    private const int MaxLimit = 1000;
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>Adds the route.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/audit", ListAsync).WithTags("Audit").WithName("listAudit").RequireAuthorization(Caller.Operator);

    /// <summary>Lists what operators did on a day (UTC), oldest first. For operators.</summary>
    internal static async Task<AuditPage> ListAsync(AuditLog audit, TimeProvider time, CancellationToken cancellationToken, string? day = null, string? after = null, int limit = 100)
    {
        if (limit is < 1 or > MaxLimit)
            throw ProblemException.Invalid($"'limit' is {limit}; 1 to {MaxLimit} are allowed.");
        var wanted = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (day is not null && !DateOnly.TryParseExact(day, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out wanted))
            throw ProblemException.Invalid($"'day' is no date such as {wanted.ToString(DayFormat, CultureInfo.InvariantCulture)}.");

        var entries = new List<AuditEntry>();
        string? last = null;
        await foreach (var (name, entry) in audit.ReadAsync(wanted, after, cancellationToken))
        {
            if (entries.Count == limit)
                return new AuditPage(entries, last);
            entries.Add(entry);
            last = name;
        }

        return new AuditPage(entries, null);
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">What was done.</param>
/// <param name="Next">The next page's <c>after</c>, or null: there is none.</param>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);
