using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Sessions;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Sessions;

public sealed class SessionHistoryTests
{
    private static readonly ImageRef Source = new("00", 10, 10, "image/png", 1);

    private readonly SessionState state = new();
    private readonly SessionHistory history;

    public SessionHistoryTests()
    {
        history = new SessionHistory(state, new SessionKey("t", "s"), TimeProvider.System);
        history.Open(Source, null, 100);
    }

    [Fact]
    public void RequireOpen_NeverOpened_NamesTheSession()
    {
        var error = Assert.Throws<SessionNotFoundException>(new SessionHistory(new SessionState(), new SessionKey("t", "s"), TimeProvider.System).RequireOpen);
        Assert.Contains("'s'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireOpen_LayoutOfTheFuture_IsRefused()
    {
        state.Layout = SessionState.CurrentLayout + 1;
        Assert.Throws<SessionConflictException>(history.RequireOpen);
    }

    [Fact]
    public void EndRun_Completed_MovesToTheNewVersion()
    {
        Start("a", "t/1");
        Assert.True(history.EndRun(Status("t/1", RunStage.Completed)));

        Assert.Equal("v1", history.Info().CurrentVersionId);
        Assert.Equal("t/1", history.CurrentImage.Hash);
        Assert.Null(history.Pending);
    }

    [Fact]
    public void EndRun_Twice_RecordsOnce()
    {
        Start("a", "t/1");
        history.EndRun(Status("t/1", RunStage.Completed));
        var events = history.LastSequence;

        Assert.False(history.EndRun(Status("t/1", RunStage.Completed)));
        Assert.Equal(events, history.LastSequence);
    }

    [Fact]
    public void EndRun_Failed_KeepsTheCurrentVersionAndTheReason()
    {
        Start("a", "t/1");
        history.EndRun(Status("t/1", RunStage.Failed));

        Assert.Equal(SessionTree.RootId, history.Info().CurrentVersionId);
        Assert.Equal("because", history.Versions()[1].Error!.Message);
        Assert.Equal(SessionEventKind.RunFailed, history.EventsFrom(history.LastSequence).Single().Kind);
    }

    [Fact]
    public void EndRun_AfterACheckout_LeavesTheChosenVersion()
    {
        Finish("a", "t/1");
        Start("b", "t/2");
        history.Checkout(SessionTree.RootId);
        history.EndRun(Status("t/2", RunStage.Completed));

        Assert.Equal(SessionTree.RootId, history.Info().CurrentVersionId);
        Assert.Equal("v1", history.Versions()[2].ParentId);
    }

    [Fact]
    public void Checkout_OldVersion_BranchesTheTree()
    {
        Finish("a", "t/1");
        Finish("b", "t/2");
        history.Checkout("v1");
        Finish("c", "t/3");

        Assert.Equal([null, "v0", "v1", "v1"], history.Versions().Select(version => version.ParentId));
    }

    [Fact]
    public void Undo_ToTheRoot_ThenRefuses()
    {
        Finish("a", "t/1");
        history.Undo();
        Assert.Equal(SessionTree.RootId, history.Info().CurrentVersionId);
        Assert.Throws<InvalidRequestException>(history.Undo);
    }

    [Fact]
    public void Checkout_MissingOrPendingVersion_IsRefused()
    {
        Start("a", "t/1");
        Assert.Throws<InvalidRequestException>(() => history.Checkout("v7"));
        Assert.Throws<InvalidRequestException>(() => history.Checkout("v1"));
    }

    [Fact]
    public void Events_FromAnySequence_AreWithoutAGap()
    {
        Finish("a", "t/1");
        history.Answer(Message("b", "hello"), "hi", null);

        Assert.Equal([1, 2, 3, 4], history.EventsFrom(0).Select(happened => happened.Sequence));
        Assert.Equal([3, 4], history.EventsFrom(3).Select(happened => happened.Sequence));
        Assert.Empty(history.EventsFrom(5));
    }

    [Fact]
    public void FindTurn_SameIdOtherText_IsAConflict()
    {
        history.Answer(Message("a", "hello"), "hi", null);
        Assert.Equal(2, history.FindTurn("a", Message("a", "hello"))!.Sequence);
        Assert.Throws<SessionConflictException>(() => history.FindTurn("a", Message("a", "good bye")));
        Assert.Null(history.FindTurn("b", Message("b", "hello")));
    }

    [Fact]
    public void Plan_BareRefine_FollowsTheComplaintBeforeIt()
    {
        history.Answer(Message("a", "it is still too dark"), "I agree", null);
        var plan = SessionTurns.Plan(Message("b", "<refine>"), history, new SessionOptions());

        Assert.Equal(RunKind.Refine, plan.Kind);
        Assert.Equal("it is still too dark", plan.Words);
        Assert.Equal("I agree, the image is too dark. Here is the refined image.", plan.Answer);
    }

    [Fact]
    public void Plan_BareRefineWithoutDialogue_AsksWhatToChange()
    {
        history.Answer(Message("a", "hello"), "hi", null);
        Assert.Equal((TurnOutcome.Refused, Dialogue.NothingToRefine), Refusal("<refine>"));
    }

    [Fact]
    public void Plan_WhatCannotBeTaken_IsRefusedWithAReason()
    {
        Assert.Equal((TurnOutcome.Refused, Dialogue.Help), Refusal("  "));
        Assert.Equal((TurnOutcome.Refused, Dialogue.OneCommand), Refusal("<restore><refine>"));
        var (outcome, answer) = Refusal(new string('a', 3000));
        Assert.Equal(TurnOutcome.Refused, outcome);
        Assert.Contains("3000", answer, StringComparison.Ordinal);
        Assert.Contains("2000", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_CommandWhileARunIsUnderWay_IsRefused()
    {
        Start("a", "t/1");
        Assert.Equal((TurnOutcome.Refused, Dialogue.StillWorking), Refusal("<restore>"));
    }

    [Fact]
    public void Plan_TooManyTurns_NamesTheSetting()
    {
        history.Answer(Message("a", "hello"), "hi", null);
        var plan = SessionTurns.Plan(Message("b", "hello"), history, new SessionOptions { MaxTurns = 1 });
        Assert.Contains("Session:MaxTurns", plan.Answer, StringComparison.Ordinal);
    }

    private (TurnOutcome Outcome, string Answer) Refusal(string text)
    {
        var plan = SessionTurns.Plan(Message("x", text), history, new SessionOptions());
        return (plan.Outcome, plan.Answer);
    }

    private static SessionMessage Message(string turn, string text) => new(turn, text, new RestorationSettings());

    private void Start(string turn, string run) => history.StartRun(
        turn, Message(turn, "<restore>"), "<restore>", Dialogue.Restored, history.Current.Id, run, new RunRequest(history.CurrentImage, RunKind.Restore, "", null, new RestorationSettings()));

    private void Finish(string turn, string run)
    {
        Start(turn, run);
        history.EndRun(Status(run, RunStage.Completed));
    }

    private static RunStatus Status(string run, RunStage stage) => new(
        run, stage, stage == RunStage.Completed ? Source with { Hash = run } : null,
        stage == RunStage.Failed ? new RunError(RunErrorCode.Device, "because") : null, "seen", "told", "m", "h", 1, 1, 1, TimeSpan.Zero);
}
