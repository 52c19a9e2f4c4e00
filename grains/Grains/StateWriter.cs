namespace Darkroom.Grains;

/// <summary>Lets several turns of one grain write its state: never two writes at once, and none is lost.</summary>
/// <remarks>Two writes at once would carry the same ETag, and the second would fail as if another activation had written.</remarks>
internal sealed class StateWriter(Func<Task> write)
{
    private Task current = Task.CompletedTask;
    private long wanted;
    private long written;

    /// <summary>Returns when everything that the state holds now is written.</summary>
    public async Task SaveAsync()
    {
        var mine = ++wanted;
        while (written < mine)
        {
            if (!current.IsCompleted)
            {
                // Whoever began that write hears how it went; here it only has to be over.
                await current.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            var upTo = wanted;
            await (current = write());
            written = upTo;
        }
    }
}
