using Darkroom.Gateway.Problems;
using Darkroom.Storage;

namespace Darkroom.Gateway;

/// <summary>Pages of a tenant's things, the newest first.</summary>
internal static class NewestPage
{
    private const int DefaultLimit = 50;
    private const int AtOnce = 8;

    /// <summary>Takes a page of names.</summary>
    /// <returns>The names, and the last of them if there are more.</returns>
    public static async Task<(List<(string Name, DateTimeOffset At)> Names, string? Next)> TakeAsync(
        TenantIndex index, string tenant, string kind, string? after, int? limit, int maxLimit, CancellationToken cancellationToken)
    {
        var count = limit ?? DefaultLimit;
        if (count < 1 || count > maxLimit)
            throw ProblemException.Invalid($"The limit is {count}; allowed are 1 to {maxLimit}.");
        var names = await index.ListNewestAsync(tenant, kind, cancellationToken);
        var start = after is null ? 0 : names.FindIndex(one => one.Name == after) + 1;
        if (after is not null && start == 0)
            throw ProblemException.Invalid($"There is no {kind} of the name in 'after'.");
        var page = names.GetRange(start, Math.Min(count, names.Count - start));
        return (page, start + page.Count < names.Count ? page[^1].Name : null);
    }

    /// <summary>Looks each of them up, a few at once.</summary>
    public static async Task<IReadOnlyList<T>> LookAsync<T>(
        List<(string Name, DateTimeOffset At)> names, Func<(string Name, DateTimeOffset At), CancellationToken, Task<T?>> look, CancellationToken cancellationToken)
        where T : class
    {
        var found = new T?[names.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, parallel, async (i, stop) => found[i] = await look(names[i], stop));
        return [.. found.OfType<T>()];
    }
}
