using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Sessions;
using Darkroom.Tests.Unit.Contracts;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Sessions;

public sealed class SessionTreeTests
{
    private static readonly ImageRef Source = new("00", 10, 10, "image/png", 1);

    private readonly ManualTime time = new();
    private readonly SessionState state = new();
    private readonly SessionHistory history;
    private readonly List<SessionEvent> all = [];
    private int turns;

    public SessionTreeTests()
    {
        history = new SessionHistory(state, new SessionKey("t", "s"), time);
        history.Open(Source, null, pageSize: 3);
    }

    [Fact]
    public void Apply_AllEvents_GivesTheTreeThatIsKept()
    {
        Run(RunStage.Completed);
        Run(RunStage.Failed);
        history.Undo();
        Run(RunStage.Completed);
        Start();
        history.Checkout("v1");
        End(RunStage.Completed);
        Run(RunStage.Cancelled);
        TurnAllPages();

        var again = new SessionState();
        var tree = new SessionTree(again);
        foreach (var happened in all.Concat(state.Events))
            tree.Apply(happened);
        Assert.Equal(state.Versions, again.Versions);
        Assert.Equal(state.CurrentVersionId, again.CurrentVersionId);
        Assert.Equal(history.LastSequence, all.Count + state.Events.Count);
        Assert.NotEmpty(all);
    }

    [Fact]
    public void Pages_OfALongHistory_LeaveLessThanTwoInMemory()
    {
        for (var i = 0; i < 50; i++)
        {
            history.Answer(Message($"m{i}", "hello"), "hi", null);
            TurnAllPages();
            Assert.InRange(state.Events.Count, 1, 5);
        }

        Assert.Equal(Enumerable.Range(1, 51), all.Concat(state.Events).Select(happened => (int)happened.Sequence));
        Assert.Null(history.NextPage(0));
        history.Answer(Message("last", "hello"), "hi", null);
        while (history.NextPage(long.MaxValue) is null)
            history.Answer(Message($"more{history.LastSequence}", "hello"), "hi", null);
        // What is not written yet must not be on a page.
        Assert.Null(history.NextPage(history.FirstInMemory + 1));
    }

    [Fact]
    public void ReplayedVersion_WhenItIsReady_IsTheCurrentOne()
    {
        Run(RunStage.Completed);
        var plan = SessionTurns.Replay(new ReplayRequest("again", null, 7), history, new SessionOptions());
        var (version, settings) = plan.Replay!;
        Assert.Equal(("v1", 7ul, 0.5), (version.Id, settings.Seed, settings.Strength));
        Start(version.ParentId, settings);
        End(RunStage.Completed);

        Assert.Equal("v2", history.Current.Id);
        Assert.Equal("v0", history.Current.ParentId);
        var difference = Assert.Single(VersionComparer.Differences(history.Tree.Find("v1")!, history.Current));
        Assert.Equal(new VersionDifference("seed", "0", "7"), difference);
    }

    [Fact]
    public void Differences_EverySetting_IsAmongThem()
    {
        Run(RunStage.Completed);
        var version = history.Current;
        var differences = VersionComparer.Differences(version, version with { Settings = ContractSamples.Settings with { Strength = 0.1 } });
        Assert.Equal(typeof(RestorationSettings).GetProperties().Length, differences.Length);
    }

    [Fact]
    public void Replay_WhatCannotBeMadeAgain_IsRefused()
    {
        Assert.Throws<InvalidRequestException>(() => Replay(null));
        Assert.Throws<InvalidRequestException>(() => Replay("v9"));
        Run(RunStage.Failed);
        Assert.NotNull(Replay("v1").Replay);
        Assert.Throws<InvalidRequestException>(() => SessionTurns.Replay(new ReplayRequest("x", "v1", null, new RestorationSettings(2)), history, new SessionOptions()));
        Assert.Contains("Session:MaxVersions", SessionTurns.Replay(new ReplayRequest("x", "v1"), history, new SessionOptions { MaxVersions = 2 }).Answer, StringComparison.Ordinal);
        Start();
        Assert.Equal(Dialogue.StillWorking, Replay("v1").Answer);
    }

    [Theory]
    [InlineData("The same again with seed 7, please", 7ul)]
    [InlineData("do the same thing again", null)]
    [InlineData("the same once more, seed 12", 12ul)]
    public void Plan_TheSameAgain_ReplaysTheCurrentVersion(string words, ulong? seed)
    {
        Assert.Equal(Dialogue.NothingToReplay, SessionTurns.Plan(Message("x", words), history, new SessionOptions()).Answer);
        Run(RunStage.Completed);
        var plan = SessionTurns.Plan(Message("y", words), history, new SessionOptions());
        Assert.Equal(("v1", seed ?? 0), (plan.Replay!.Version.Id, plan.Replay.Settings.Seed));
    }

    [Fact]
    public void Plan_SeedThatIsTooLarge_IsNoReplay()
    {
        Run(RunStage.Completed);
        Assert.Null(SessionTurns.Plan(Message("y", "the same again with seed 99999999999999999999"), history, new SessionOptions()).Replay);
    }

    [Fact]
    public void CommonAncestor_OfBranches_IsWhereTheyPart()
    {
        Run(RunStage.Completed);   // v1
        Run(RunStage.Completed);   // v2 from v1
        Run(RunStage.Completed);   // v3 from v2
        history.Checkout("v1");
        Run(RunStage.Completed);   // v4 from v1
        Assert.Equal("v1", Common("v3", "v4"));
        Assert.Equal("v2", Common("v2", "v3"));
        Assert.Equal("v4", Common("v4", "v4"));
        Assert.Equal("v0", Common("v0", "v3"));
    }

    [Fact]
    public void Turns_OlderThanTheirLifetime_AreForgotten()
    {
        var lifetime = TimeSpan.FromHours(24);
        history.Answer(Message("a", "hello"), "hi", null);
        time.Advance(TimeSpan.FromHours(23));
        history.Answer(Message("b", "hello"), "hi", null);
        history.ForgetTurns(lifetime);
        Assert.Equal(2, history.TurnCount);
        time.Advance(TimeSpan.FromHours(1));
        history.ForgetTurns(lifetime);

        Assert.Null(history.FindTurn("a", Message("a", "something else")));
        Assert.NotNull(history.FindTurn("b", Message("b", "hello")));
    }

    [Fact]
    public void Upgrade_OfTheFirstLayout_KeepsTurnsVersionsAndTheRunUnderWay()
    {
        Run(RunStage.Completed);
        Start();
        // As layout 1 had it: no versions in the events, no keys, turns with all that was said.
        var run = state.PendingRun!;
        foreach (var key in state.Keys)
        {
            var turn = state.Events[(int)key.Sequence - 1];
            var message = new SessionMessage(key.Id, turn.UserText!, new RestorationSettings(0.5));
            state.Turns.Add(key.Id, new SessionTurn(message, SessionHistory.ReplyOf(turn), run));
        }

        var versions = state.Versions.ToList();
        state.Events = state.Events.ConvertAll(happened => happened with { Version = null });
        state.Keys.Clear();
        (state.Layout, state.PageSize, state.PendingRun, state.PendingFrom) = (1, 0, null, null);
        SessionUpgrade.FromFirst(state, 3);

        Assert.Equal((SessionState.CurrentLayout, 3, run, "v1"), (state.Layout, state.PageSize, state.PendingRun, state.PendingFrom));
        Assert.Empty(state.Turns);
        Assert.Equal(versions, state.Versions);
        Assert.NotNull(history.FindTurn("turn1", new SessionMessage("turn1", "<restore>", new RestorationSettings(0.5))));
        End(RunStage.Completed);
        Assert.Equal("v2", history.Current.Id);
    }

    private static SessionMessage Message(string turn, string text) => new(turn, text, new RestorationSettings());

    private string Common(string one, string other) => history.Tree.CommonAncestor(history.Tree.Find(one)!, history.Tree.Find(other)!).Id;

    private TurnPlan Replay(string? version) => SessionTurns.Replay(new ReplayRequest("x", version), history, new SessionOptions());

    private void TurnAllPages()
    {
        while (history.NextPage(history.LastSequence) is { } page)
        {
            all.AddRange(page);
            history.Turn();
        }
    }

    private void Run(RunStage stage)
    {
        Start();
        End(stage);
    }

    private void Start(string? parentId = null, RestorationSettings? settings = null)
    {
        settings ??= new RestorationSettings(0.5);
        turns++;
        history.StartRun(
            $"turn{turns}", new SessionMessage($"turn{turns}", "<restore>", settings), "<restore>", Dialogue.Restored, parentId ?? history.Current.Id, $"t/{turns}",
            new RunRequest(history.CurrentImage, RunKind.Restore, "words", "seen", settings));
    }

    private void End(RunStage stage) => history.EndRun(new RunStatus(
        $"t/{turns}", stage, stage == RunStage.Completed ? Source with { Hash = $"t/{turns}" } : null, null, "seen", "told", "m", "h", 1, 1, 1, TimeSpan.Zero));
}
