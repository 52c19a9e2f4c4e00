namespace Darkroom.Grains;

/// <summary>Work that goes on whether or not anybody comes for its outcome.</summary>
internal static class Unheard
{
    /// <summary>Counts a failure as seen if nobody comes for it; whoever does come hears of it all the same.</summary>
    public static TTask MayGoUnheard<TTask>(this TTask work)
        where TTask : Task
    {
        work.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return work;
    }
}
