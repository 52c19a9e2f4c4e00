using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Tenants;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Tenants;

public sealed class TenantBookTests
{
    private readonly ManualTime time = new();
    private readonly TenantState state = new();
    private readonly TenantOptions options = new() { MaxConcurrentRuns = 2, MaxQueuedRuns = 2, ReservedForInteractive = 0, LeaseDuration = TimeSpan.FromMinutes(1) };

    private TenantBook Book => new("acme", state, () => options, time);

    [Fact]
    public void Admit_MoreThanThePlaces_TheyWaitThenAreRefused()
    {
        var book = Book;
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(i => book.Admit($"acme/{i}", RunPriority.Interactive).IsActive));
        var error = Assert.Throws<QuotaExceededException>(() => book.Admit("acme/4", RunPriority.Interactive));

        Assert.Equal((QuotaLimit.QueuedRuns, 2, 2), (error.Limit, error.Actual, error.Allowed));
        Assert.True(error.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.Contains("Tenant:MaxQueuedRuns", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 2), (book.ActiveCount, book.QueuedCount));
    }

    [Fact]
    public void Admit_NoQueueAllowed_NamesTheConcurrentRuns()
    {
        options.Overrides["acme"] = new TenantOverride { MaxConcurrentRuns = 1, MaxQueuedRuns = 0 };
        Book.Admit("acme/0", RunPriority.Interactive);
        var error = Assert.Throws<QuotaExceededException>(() => Book.Admit("acme/1", RunPriority.Interactive));

        Assert.Equal((QuotaLimit.ConcurrentRuns, 1, 1), (error.Limit, error.Actual, error.Allowed));
        Assert.Contains("Tenant:Overrides:acme:MaxConcurrentRuns", error.Message, StringComparison.Ordinal);
        Assert.True(new TenantBook("other", new TenantState(), () => options, time).Admit("other/0", RunPriority.Interactive).IsActive);
    }

    [Fact]
    public void Promote_APlaceIsFree_TheInteractiveRunGoesBeforeTheJobs()
    {
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        book.Admit("acme/1", RunPriority.Interactive);
        book.Admit("acme/job", RunPriority.Batch);
        book.Admit("acme/2", RunPriority.Interactive);
        Assert.Empty(book.Promote());

        book.Settle(Ended("acme/0", 1));
        Assert.Equal(["acme/2"], book.Promote());
        book.Settle(Ended("acme/1", 1));
        Assert.Equal(["acme/job"], book.Promote());
    }

    [Fact]
    public void Batch_ReservedPlaces_AreLeftToWhoeverWaits()
    {
        (options.MaxConcurrentRuns, options.ReservedForInteractive) = (4, 3);
        var book = Book;
        Assert.True(book.Admit("acme/a", RunPriority.Batch).IsActive);
        Assert.False(book.Admit("acme/b", RunPriority.Batch).IsActive);
        Assert.True(book.Admit("acme/c", RunPriority.Interactive).IsActive);
        options.ReservedForInteractive = 100;
        book.Settle(Ended("acme/a", 0));
        Assert.Empty(book.Promote());
        book.Settle(Ended("acme/c", 0));
        Assert.Equal(["acme/b"], book.Promote());   // one place is always left to jobs
    }

    [Fact]
    public void Settle_SaidTwice_CountsOnce()
    {
        var book = Book;
        var lease = book.Admit("acme/0", RunPriority.Interactive);
        book.Renew(lease, 2);
        Assert.Equal((2, 0), (book.Today.DeviceSeconds, book.Today.Runs));
        book.Settle(Ended("acme/0", 5));
        book.Settle(Ended("acme/0", 5));

        Assert.Equal(new UsageDay(new DateOnly(1970, 1, 1), 5, 1, 1), book.Today);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    public void Settle_SaidAgainAfterTheClockJumped_CountsOnce(int hours)
    {
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        book.Settle(Ended("acme/0", 5));
        time.Advance(TimeSpan.FromHours(hours));
        book.Settle(Ended("acme/1", 5));
        book.Settle(Ended("acme/0", 5));

        Assert.Equal(2, state.Days.Sum(line => line.Runs));
    }

    [Fact]
    public void Settle_RunThatFailed_IsNoPicture()
    {
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        book.Settle(new RunUsage("acme/0", RunStage.Failed, 3));
        Assert.Equal((3, 0, 1), (book.Today.DeviceSeconds, book.Today.Images, book.Today.Runs));
    }

    [Fact]
    public void Restore_RunThatWasCounted_GetsNoPlaceAgain()
    {
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        book.Settle(Ended("acme/0", 5));
        Assert.Null(book.Restore("acme/0", RunPriority.Interactive));
        Assert.NotNull(book.Restore("acme/1", RunPriority.Interactive));
        Assert.Equal(1, book.ActiveCount);
    }

    [Fact]
    public void Admit_DeviceSecondsOfTheDayUsedUp_IsRefusedUntilMidnight()
    {
        options.DeviceSecondsPerDay = 10;
        time.Advance(TimeSpan.FromHours(20));
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        book.Settle(Ended("acme/0", 12));
        var error = Assert.Throws<QuotaExceededException>(() => book.Admit("acme/1", RunPriority.Interactive));
        Assert.Equal((QuotaLimit.DeviceSecondsPerDay, 12, 10, TimeSpan.FromHours(4)), (error.Limit, error.Actual, error.Allowed, error.RetryAfter));

        time.Advance(TimeSpan.FromHours(4));
        Assert.True(book.Admit("acme/1", RunPriority.Interactive).IsActive);
        Assert.Equal(0, book.Today.DeviceSeconds);
    }

    [Fact]
    public void Promote_DeviceSecondsUsedUpByARunUnderWay_ItGoesOnAndThoseThatWaitDoSoUntilMidnight()
    {
        options.DeviceSecondsPerDay = 10;
        var book = Book;
        var running = book.Admit("acme/0", RunPriority.Interactive);
        book.Admit("acme/1", RunPriority.Interactive);
        book.Admit("acme/2", RunPriority.Interactive);
        book.Renew(running, 9);
        book.Settle(Ended("acme/1", 2));
        Assert.Empty(book.Promote());
        Assert.Equal((true, 1, 1), (running.IsActive, book.ActiveCount, book.QueuedCount));

        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["acme/2"], book.Promote());
    }

    [Fact]
    public void Expired_NotHeardOfInTime_IsListedUntilRenewed()
    {
        var book = Book;
        var lease = book.Admit("acme/0", RunPriority.Interactive);
        Assert.Empty(book.Expired());
        time.Advance(options.LeaseDuration);
        Assert.Equal([lease], book.Expired());
        book.Renew(lease, 0);
        Assert.Empty(book.Expired());
    }

    [Fact]
    public void Expired_ClockSetBack_NoPlaceLastsLongerThanALease()
    {
        time.Advance(TimeSpan.FromDays(400));
        var book = Book;
        book.Admit("acme/0", RunPriority.Interactive);
        time.Advance(TimeSpan.FromDays(-399));
        Assert.Empty(book.Expired());
        time.Advance(options.LeaseDuration);
        Assert.Single(book.Expired());
    }

    [Fact]
    public void Ledger_ManyDays_KeepsTheNewest()
    {
        options.LedgerDays = 3;
        var book = Book;
        for (var day = 0; day < 10; day++)
        {
            book.Settle(Ended($"acme/{day}", day + 1));
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal([8, 9, 10], state.Days.Select(line => line.DeviceSeconds));
        Assert.InRange(state.Settled.Count, 1, 64);
    }

    [Fact]
    public void State_OfAThousandRuns_StaysSmall()
    {
        var book = Book;
        for (var i = 0; i < 1_000; i++)
        {
            book.Admit($"acme/{i}", RunPriority.Interactive);
            book.Settle(Ended($"acme/{i}", 1));
            time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Empty(state.Leases);
        Assert.InRange(state.Settled.Count, 1, 64);
        Assert.Equal(1_000, state.Days.Sum(line => line.Runs));
    }

    [Fact]
    public void State_OfManyRunsAtOnce_IsBounded()
    {
        var book = Book;
        for (var i = 0; i < 5_000; i++)
            book.Settle(Ended($"acme/{i}", 1));

        Assert.Equal(4_096, state.Settled.Count);
        Assert.Equal(5_000, book.Today.Runs);
        book.Settle(Ended("acme/4999", 1));
        Assert.Equal(5_000, book.Today.Runs);
    }

    private static RunUsage Ended(string runId, double deviceSeconds) => new(runId, RunStage.Completed, deviceSeconds);
}
