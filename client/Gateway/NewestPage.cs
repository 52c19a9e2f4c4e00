using Darkroom.Contracts.Errors;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;

namespace Darkroom.Gateway;

/// <summary>Pages of a tenant's things, the newest first.</summary>
internal static class NewestPage
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    private const int AtOnce = 8;

    /// <summary>Lists a page: takes the names, and looks each of them up, a few at once.</summary>
    /// <param name="index">Where the names are noted.</param>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="kind">What they name.</param>
    /// <param name="after">The last name of the page before, or null.</param>
    /// <param name="limit">How many, or null for 50.</param>
    /// <param name="look">Looks one up: its name, when it was noted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found, and the page's last name if there are more.</returns>
    public static async Task<(IReadOnlyList<T> Found, string? Next)> ListAsync<T>(
        TenantIndex index, string tenant, string kind, string? after, int? limit, Func<string, DateTimeOffset, CancellationToken, Task<T>> look, CancellationToken cancellationToken)
        where T : class
    {
        var (names, next) = await TakeAsync(index, tenant, kind, after, limit, cancellationToken);
        var found = new T?[names.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, parallel, async (i, stop) =>
        {
            try
            {
                found[i] = await look(names[i].Name, names[i].At, stop);
            }
            catch (Exception error) when (error is SessionNotFoundException or JobNotFoundException)
            {
                // It was deleted meanwhile, or its beginning did not come to its end.
            }
        });
        return ([.. found.OfType<T>()], next);
    }

    private static async Task<(List<(string Name, DateTimeOffset At)> Names, string? Next)> TakeAsync(
        TenantIndex index, string tenant, string kind, string? after, int? limit, CancellationToken cancellationToken)
    {
        var count = limit ?? DefaultLimit;
        if (count is < 1 or > MaxLimit)
            throw ProblemException.Invalid($"The limit is {count}; allowed are 1 to {MaxLimit}.");
        var names = await index.ListNewestAsync(tenant, kind, cancellationToken);
        var start = after is null ? 0 : names.FindIndex(one => one.Name == after) + 1;
        if (after is not null && start == 0)
            throw ProblemException.Invalid($"There is no {kind} of the name in 'after'.");
        var page = names.GetRange(start, Math.Min(count, names.Count - start));
        return (page, start + page.Count < names.Count ? page[^1].Name : null);
    }
}
