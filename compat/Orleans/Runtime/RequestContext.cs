namespace Orleans.Runtime;

/// <summary>Values that travel with every call made from here, and on with the calls of the callee.</summary>
public static class RequestContext
{
    // Never changed in place: other flows of execution may hold the same dictionary.
    private static readonly AsyncLocal<Dictionary<string, object>?> s_values = new();

    public static IEnumerable<string> Keys => s_values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => s_values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    public static object? Get(string key) => s_values.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value)
    {
        var values = s_values.Value is { } current ? new Dictionary<string, object>(current) : [];
        values[key] = value;
        s_values.Value = values;
    }

    public static bool Remove(string key)
    {
        if (s_values.Value is not { } current || !current.ContainsKey(key))
            return false;
        var values = new Dictionary<string, object>(current);
        values.Remove(key);
        s_values.Value = values.Count == 0 ? null : values;
        return true;
    }

    public static void Clear()
    {
        if (s_values.Value is not null)
            s_values.Value = null;
    }

    internal static Dictionary<string, object>? Export() => s_values.Value;

    internal static void Import(Dictionary<string, object>? values)
    {
        if (s_values.Value != values)
            s_values.Value = values;
    }
}
