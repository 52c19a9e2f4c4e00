namespace Darkroom.Silo.Operator;

/// <summary>A thing that is so, or is not, of a resource: what <c>kubectl wait --for=condition</c> waits for.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">Why, in one word.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="LastTransitionTime">Since when its status is this one.</param>
/// <param name="ObservedGeneration">Which version of the spec it is said of.</param>
internal sealed record StatusCondition(
    string Type, string Status, string Reason, string Message, DateTimeOffset LastTransitionTime, long ObservedGeneration)
{
    /// <summary>It is so.</summary>
    public const string True = "True";

    /// <summary>It is not so.</summary>
    public const string False = "False";

    private const int MaxMessage = 1000;

    /// <summary>Makes a condition; its time stays when its status does.</summary>
    private static StatusCondition Make(IEnumerable<StatusCondition>? before, string type, bool isTrue, string reason, string message, DateTimeOffset now, long generation)
    {
        var status = isTrue ? True : False;
        var last = before?.FirstOrDefault(condition => condition.Type == type);
        // Kubernetes writes times in whole seconds.
        var at = last?.Status == status ? last.LastTransitionTime : new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        return new StatusCondition(type, status, reason, message.Length <= MaxMessage ? message : string.Concat(message.AsSpan(0, MaxMessage), "..."), at, generation);
    }

    /// <summary>Makes several.</summary>
    public static StatusCondition[] MakeAll(
        IReadOnlyList<StatusCondition>? before, long generation, DateTimeOffset now, params ReadOnlySpan<(string Type, bool IsTrue, string Reason, string Message)> said)
    {
        var conditions = new StatusCondition[said.Length];
        for (var i = 0; i < said.Length; i++)
            conditions[i] = Make(before, said[i].Type, said[i].IsTrue, said[i].Reason, said[i].Message, now, generation);
        return conditions;
    }
}
