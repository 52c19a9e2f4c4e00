namespace TorchSharp;

/// <summary>What one thread did with the lifetimes of one kind of object.</summary>
public class LifetimeStatistics
{
    public long CreatedOutsideScopeCount { get; internal set; }
    public long DisposedOutsideScopeCount { get; internal set; }
    public long CreatedInScopeCount { get; internal set; }
    public long DisposedInScopeCount { get; internal set; }
    public long AttachedToScopeCount { get; internal set; }
    public long DetachedFromScopeCount { get; internal set; }

    /// <summary>Created minus disposed: what this thread made and is still alive.</summary>
    public long ThreadTotalLiveCount => CreatedInScopeCount + CreatedOutsideScopeCount - DisposedInScopeCount - DisposedOutsideScopeCount;

    public void Reset()
    {
        CreatedOutsideScopeCount = DisposedOutsideScopeCount = CreatedInScopeCount = 0;
        DisposedInScopeCount = AttachedToScopeCount = DetachedFromScopeCount = 0;
    }

    public override string ToString() =>
        $"ThreadTotalLiveCount: {ThreadTotalLiveCount}; (CreatedOutsideScopeCount: {CreatedOutsideScopeCount}, " +
        $"DisposedOutsideScopeCount: {DisposedOutsideScopeCount}, CreatedInScopeCount: {CreatedInScopeCount}, " +
        $"DisposedInScopeCount: {DisposedInScopeCount}, AttachedToScopeCount: {AttachedToScopeCount}, DetachedFromScopeCount: {DetachedFromScopeCount})";
}
