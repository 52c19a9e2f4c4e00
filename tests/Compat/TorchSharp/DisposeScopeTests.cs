using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_AtItsEnd_DisposesWhatWasMadeInside()
    {
        using var outside = ones(1);
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = outside + 1;
            Assert.True(scope.Contains(inside));
            Assert.Equal(1, scope.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.False(outside.IsInvalid);
    }

    [Fact]
    public void MoveToOuter_FromNestedScopes_LivesOneScopeLonger()
    {
        Tensor moved, kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                kept = ones(1);
            }
            Assert.True(kept.IsInvalid);
            Assert.False(moved.IsInvalid);
        }
        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void MoveToOuter_FromTheOutermostScope_Detaches()
    {
        Tensor result;
        using (NewDisposeScope())
            result = ones(1).MoveToOuterDisposeScope();

        Assert.False(result.IsInvalid);
        result.Dispose();
    }

    [Fact]
    public void Detach_Attach_ChangeTheOwner()
    {
        Tensor detached, attached;
        using (var scope = NewDisposeScope())
        {
            detached = ones(1).DetachFromDisposeScope();
            attached = ones(1).DetachFromDisposeScope();
            Assert.Equal(0, scope.DisposablesCount);
            scope.Attach(attached);
            Assert.Equal(1, scope.DisposablesCount);
        }

        Assert.False(detached.IsInvalid);
        Assert.True(attached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void MoveToOther_ToAScopeOrATensorsScope_GoesThere()
    {
        using var first = NewDisposeScope();
        var anchor = ones(1);
        Tensor a, b;
        using (NewDisposeScope())
        {
            a = ones(1).MoveToOtherDisposeScope(first);
            b = ones(1).MoveToOtherDisposeScope(anchor);
        }

        Assert.True(first.Contains(a));
        Assert.True(first.Contains(b));
        Assert.False(a.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingBut_Kept_StaysUntilTheEnd()
    {
        Tensor kept, dropped;
        using (var scope = NewDisposeScope())
        {
            kept = ones(1);
            dropped = ones(1);
            Assert.Same(kept, scope.DisposeEverythingBut(kept));
            Assert.True(dropped.IsInvalid);
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void Dispose_InsideAScope_TakesTheTensorOffItsList()
    {
        using var scope = NewDisposeScope();
        var kept = new List<Tensor>();
        for (int i = 0; i < 1000; i++)
        {
            var x = ones(1);
            if (i % 10 == 0)
                kept.Add(x);
            else
                x.Dispose();
        }

        Assert.Equal(100, scope.DisposablesCount);
        Assert.Equal(kept, scope.DisposablesView.Cast<Tensor>(), ReferenceEqualityComparer.Instance);
        Assert.All(kept, x => Assert.True(scope.Contains(x)));
    }

    [Fact]
    public void Current_IsTheInnermostOfThisThread()
    {
        using var outer = NewDisposeScope();
        using (var inner = NewDisposeScope())
        {
            Assert.Same(inner, CurrentDisposeScope);
            DisposeScope? elsewhere = outer;
            var thread = new Thread(() => elsewhere = CurrentDisposeScope);
            thread.Start();
            thread.Join();
            Assert.Null(elsewhere);
        }
        Assert.Same(outer, CurrentDisposeScope);
    }

    [Fact]
    public void OuterScope_DisposedBeforeTheInner_LeavesTheInnerWorking()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();

        Assert.Same(inner, CurrentDisposeScope);
        var x = ones(1);
        Assert.True(inner.Contains(x));
        inner.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void Statistics_OfThisThread_CountEachLifetime()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        ones(1).Dispose();
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            _ = ones(1);
            ones(1).Dispose();
            detached = ones(1).DetachFromDisposeScope();
        }

        Assert.Equal(1, statistics.CreatedOutsideScopeCount);
        Assert.Equal(1, statistics.DisposedOutsideScopeCount);
        Assert.Equal(3, statistics.CreatedInScopeCount);
        Assert.Equal(2, statistics.DisposedInScopeCount);
        Assert.Equal(1, statistics.DetachedFromScopeCount);
        Assert.Equal(1, statistics.ThreadTotalLiveCount);
        detached.Dispose();
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
    }
}
