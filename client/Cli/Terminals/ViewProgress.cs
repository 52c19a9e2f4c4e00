namespace Darkroom.Cli.Terminals;

/// <summary>Hands progress on at once, on the thread that reports it.</summary>
internal sealed class ViewProgress<T>(Action<T> show) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => show(value);
}
