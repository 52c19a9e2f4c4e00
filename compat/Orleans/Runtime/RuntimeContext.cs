namespace Orleans.Runtime;

/// <summary>The activation whose turn this thread is running.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static ActivationData? t_current;

    public static ActivationData? Current => t_current;

    public static ActivationData? Exchange(ActivationData? activation)
    {
        var before = t_current;
        t_current = activation;
        return before;
    }
}
