using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>Waits for what an operator, its silos and an API server do together: on a busy machine that takes a while.</summary>
internal static class Patiently
{
    private const int Seconds = 60;

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static Task TrueAsync(Func<Task<bool>> condition, string what) => Eventually.TrueAsync(condition, () => what, Seconds);

    public static Task TrueAsync(Func<bool> condition, Func<string> what) => Eventually.TrueAsync(() => Task.FromResult(condition()), what, Seconds);
}
