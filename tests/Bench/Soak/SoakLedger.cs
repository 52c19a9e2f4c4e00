using System.Collections.Concurrent;
using Darkroom.Contracts.Runs;

namespace Darkroom.Bench.Soak;

/// <summary>What was acknowledged, what became of it, and what should not have happened.</summary>
/// <param name="output">Hears of a violation at once: a run that breaks off has told it.</param>
internal sealed class SoakLedger(TextWriter output)
{
    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Kind, string Id), byte> open = new();
    private readonly ConcurrentDictionary<string, string> pictures = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> violations = new();

    /// <summary>Gets what should not have happened.</summary>
    public IReadOnlyCollection<string> Violations => violations;

    /// <summary>Gets the counts, by name.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>Gets what was acknowledged and has not ended yet.</summary>
    public IReadOnlyCollection<(string Kind, string Id)> Open => [.. open.Keys];

    public void Count(string name, long by = 1) => counts.AddOrUpdate(name, by, (_, count) => count + by);

    public long Of(string name) => counts.GetValueOrDefault(name);

    public void Violate(string what)
    {
        Count("violations");
        violations.Enqueue(what);
        TextWriter.Synchronized(output).WriteLine($"VIOLATION {what}");
    }

    /// <summary>Notes that the cluster took something on.</summary>
    public void Acknowledge(string kind, string id)
    {
        if (!open.TryAdd((kind, id), 0))
            Violate($"the {kind} {id} was acknowledged twice as new");
        Count($"{kind} acknowledged");
    }

    /// <summary>Notes that it came to its end.</summary>
    public void End(string kind, string id, string outcome)
    {
        if (!open.TryRemove((kind, id), out _))
            Violate($"the {kind} {id} ended twice, or was never acknowledged");
        Count($"{kind} {outcome}");
    }

    /// <summary>Checks that a failure tells why.</summary>
    public void Reason(string what, RunError? error)
    {
        if (error is null || error.Message.Length == 0)
            Violate($"{what} failed without a reason");
        else if (error.Code is RunErrorCode.InvalidRequest or RunErrorCode.ModelNotFound)
            Violate($"{what} failed for a reason that nobody gave it: {error.Code}, {error.Message}");
        else
            Count($"reason {error.Code}");
    }

    /// <summary>Checks that the same request always gives the same picture, whatever happened on the way.</summary>
    public void Picture(string what, string request, string? hash)
    {
        if (hash is null)
            Violate($"{what} completed without a picture");
        else if (pictures.GetOrAdd(request, hash) != hash)
            Violate($"{what} gave another picture than the same request before ({request})");
        else
            Count("pictures checked");
    }
}
