namespace Darkroom.Grains;

/// <summary>The attributes of measurements. Each takes few values that an operator decides; ids of sessions, jobs, runs and tenants belong on spans and logs.</summary>
internal static class Tag
{
    /// <summary>A device of a silo, such as <c>cuda:0</c>.</summary>
    public static KeyValuePair<string, object?> Device(string name) => new("device", name);

    /// <summary>A checkpoint that a device has loaded; names that callers made up are no values of it.</summary>
    public static KeyValuePair<string, object?> Model(string name) => new("model", name);

    /// <summary>A pipeline of the product.</summary>
    public static KeyValuePair<string, object?> Pipeline(string name) => new("pipeline", name);

    /// <summary>A class of tenants that the configuration names.</summary>
    public static KeyValuePair<string, object?> TenantClass(string name) => new("tenant.class", name);

    /// <summary>Whether a person waits.</summary>
    public static KeyValuePair<string, object?> Priority(Contracts.Runs.RunPriority priority) => new("priority", priority.ToString());

    /// <summary>How it ended.</summary>
    public static KeyValuePair<string, object?> Outcome(Enum outcome) => new("outcome", outcome.ToString());

    /// <summary>Why it failed.</summary>
    public static KeyValuePair<string, object?> ErrorType(Enum error) => new("error.type", error.ToString());

    /// <summary>The limit that was reached.</summary>
    public static KeyValuePair<string, object?> Limit(Enum limit) => new("limit", limit.ToString());
}
