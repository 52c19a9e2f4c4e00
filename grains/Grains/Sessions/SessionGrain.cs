using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Darkroom.Grains.Supervision;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Darkroom.Grains.Sessions;

/// <summary>One conversation. Its turns are taken one after the other; whoever activates it follows the run that is under way.</summary>
[GrainType("session")]
internal sealed class SessionGrain : Grain, ISessionGrain, IDisposable
{
    private readonly IPersistentState<SessionState> storage;
    private readonly SourceReader sources;
    private readonly PictureLooker looker;
    private readonly SessionPages pages;
    private readonly TenantIndex index;
    private readonly UnfinishedRegister register;
    private readonly SessionOptions options;
    private readonly SessionKey key;
    private readonly RunFollower follower;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private SessionHistory history = null!;
    private SessionFeed feed = null!;
    private SessionJournal journal = null!;
    private RoundDriver? rounds;

    public SessionGrain(
        IGrainContext context,
        [PersistentState("session")] IPersistentState<SessionState> storage,
        SourceReader sources,
        PictureLooker looker,
        SessionPages pages,
        TenantIndex index,
        UnfinishedRegister register,
        IOptions<SessionOptions> options,
        TimeProvider time,
        ILogger<RunFollower> logger)
    {
        (this.storage, this.sources, this.looker, this.pages, this.index, this.register) = (storage, sources, looker, pages, index, register);
        (this.options, this.time, this.logger) = (options.Value, time, logger);
        key = SessionKey.Parse(context.GrainId.Key.ToString()!);
        follower = new RunFollower(this, EndRunAsync, time, logger);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        SessionMetrics.Activated();
        if (storage.State.Layout == 1)
            SessionUpgrade.FromFirst(storage.State, options.PageSize);
        Attach();
        // Not activated here: the next call may find a newer silo.
        history.RequireReadable();
        if (history.IsOpen && history.Pending is { RunId: { } runId })
            _ = follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), history.PendingRun);
        if (history.Waiting is not null)
            rounds!.Continue();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        SessionMetrics.Deactivated();
        await rounds!.StopAsync();
        await follower.StopAsync();
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> OpenAsync(OpenSessionRequest request, CancellationToken cancellationToken)
    {
        if (storage.State.IsDeleted)
        {
            // Whoever deleted it did not come to the end.
            await journal.EraseAsync();
            Attach();
        }

        if (!history.IsOpen)
        {
            PipelineName.Require(request.Pipeline);
            var source = await sources.IdentifyAsync(request.ContentHash, cancellationToken);
            history.Open(source, request.Model, options.PageSize, request.Pipeline);
            Attach();
            await journal.OpenAsync();
        }

        history.RequireOpen();
        var info = history.Info();
        return info.Source.Hash == request.ContentHash && info.Model == request.Model && info.Pipeline == request.Pipeline
            ? info
            : throw new SessionConflictException($"The session '{key.Session}' is open with another picture, model or pipeline; open a new session for this one.");
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> GetAsync(CancellationToken cancellationToken)
    {
        await SettleAsync();
        return history.Info();
    }

    /// <inheritdoc/>
    public async Task<TurnReply> SendAsync(SessionMessage message, CancellationToken cancellationToken)
    {
        await SettleAsync();
        SessionKey.Require(message.TurnId, "turn");
        message.Settings.Validate();
        if (message.Rounds is < 1 or > SessionMessage.MaxRounds)
            throw new InvalidRequestException($"{message.Rounds} rounds were asked for; allowed are 1 to {SessionMessage.MaxRounds}.");
        history.ForgetTurns(options.TurnLifetime);
        if (history.FindTurn(message.TurnId, message) is { } taken)
            return await ReplyAsync(taken, cancellationToken);
        var plan = SessionTurns.Plan(message, history, options);
        return plan switch
        {
            { Outcome: TurnOutcome.Refused } => Refuse(message.TurnId, plan),
            { Replay: { } replay } => await StartAsync(message.TurnId, message, message.Text, plan.Answer, replay.Version.ParentId!, ToRun(replay), cancellationToken, route: replay.Version.Route),
            { Kind: { } kind } => await StartAsync(message.TurnId, message, message.Text, plan.Answer, history.Current.Id, ToRun(message, plan, kind), cancellationToken, plan.Rounds),
            { Describes: true } => await DescribeAsync(message, plan.Words, cancellationToken),
            _ => await AnswerAsync(message, plan.Answer, null),
        };
    }

    /// <inheritdoc/>
    public async Task<TurnReply> ReplayAsync(ReplayRequest request, CancellationToken cancellationToken)
    {
        await SettleAsync();
        SessionKey.Require(request.TurnId, "turn");
        history.ForgetTurns(options.TurnLifetime);
        if (history.FindTurn(request.TurnId, request) is { } taken)
            return await ReplyAsync(taken, cancellationToken);
        var plan = SessionTurns.Replay(request, history, options);
        return plan.Replay is { } replay
            ? await StartAsync(request.TurnId, request, null, plan.Answer, replay.Version.ParentId!, ToRun(replay), cancellationToken, route: replay.Version.Route)
            : Refuse(request.TurnId, plan);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<SessionVersion>> ListVersionsAsync(CancellationToken cancellationToken)
    {
        await SettleAsync();
        return history.Versions();
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> UndoAsync(CancellationToken cancellationToken)
    {
        await SettleAsync();
        history.Undo();
        await journal.SaveAsync();
        return history.Info();
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken)
    {
        await SettleAsync();
        history.Checkout(versionId);
        await journal.SaveAsync();
        return history.Info();
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> MoveAsync(MoveRequest request, CancellationToken cancellationToken)
    {
        await SettleAsync();
        SessionKey.Require(request.TurnId, "turn");
        history.ForgetTurns(options.TurnLifetime);
        if (history.FindTurn(request.TurnId, request) is null)
        {
            if (SessionTurns.TooMany(history, options) is { } reason)
                throw new InvalidRequestException(reason);
            history.Move(request);
            await journal.SaveAsync();
        }

        return history.Info();
    }

    /// <inheritdoc/>
    public async Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken)
    {
        await SettleAsync();
        var (before, after) = (history.Tree.Require(beforeId), history.Tree.Require(afterId));
        return new VersionComparison(before, after, history.Tree.CommonAncestor(before, after).Id, VersionComparer.Differences(before, after));
    }

    /// <inheritdoc/>
    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        await SettleAsync();
        if (history.Waiting is not null)
        {
            history.EndRounds(SessionEventKind.RoundsEnded, Dialogue.RoundsCancelled);
            await journal.SaveAsync();
        }
        else if (history.Pending is { RunId: { } runId })
        {
            await follower.CancelAsync(GrainFactory.GetGrain<IRunGrain>(runId));
            await SettleAsync();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ResumeAsync(CancellationToken cancellationToken)
    {
        if (history.Rounds is not null)
            return true;
        await register.TryRemoveAsync(WorkKind.Session, key.ToString());
        return false;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        if (storage.State.Layout == 0)
            return;
        await rounds!.StopAsync();
        await follower.StopAsync();
        if (history.IsOpen && history.Pending is { RunId: { } runId })
            await follower.CancelAsync(GrainFactory.GetGrain<IRunGrain>(runId));
        await journal.EraseAsync();
        await register.TryRemoveAsync(WorkKind.Session, key.ToString());
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEvent> WatchAsync(long fromSequence, CancellationToken cancellationToken)
    {
        history.RequireOpen();
        return feed.ReadAsync(fromSequence, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        follower.Dispose();
        rounds?.Dispose();
    }

    private void Attach()
    {
        history = new SessionHistory(storage.State, key, time);
        feed = new SessionFeed(history, pages, key, storage.State.PageSize);
        journal = new SessionJournal(key, storage, history, feed, pages, index, DeactivateOnIdle, logger);
        rounds?.Dispose();
        rounds = new RoundDriver(
            this, key, history, journal, looker, storage.State, register, (runId, run) => follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), run), time, logger);
        if (storage.RecordExists)
            feed.Publish(history.LastSequence);
    }

    private RunRequest ToRun(SessionMessage message, TurnPlan plan, RunKind kind)
    {
        var image = history.CurrentImage;
        var known = kind == RunKind.Restore ? storage.State.Descriptions.GetValueOrDefault(image.Hash) : null;
        return new RunRequest(image, kind, plan.Words, known?.Text, message.Settings, storage.State.Model, Pipeline: storage.State.Pipeline);
    }

    private RunRequest ToRun(VersionReplay replay)
    {
        var (version, settings) = replay;
        var parent = history.Tree.Require(version.ParentId!);
        return new RunRequest(parent.Image!, version.Kind!.Value, version.Instruction, version.Description, settings, version.Model ?? storage.State.Model);
    }

    private async Task<TurnReply> StartAsync<T>(
        string turnId, T message, string? text, string answer, string parentId, RunRequest run, CancellationToken cancellationToken, int count = 1, RunRoute? route = null)
    {
        var runId = RunKey.Create(key.Tenant, Guid.NewGuid().ToString("N")).ToString();
        // Asked before the turn is taken: what is refused leaves no trace. If this silo dies in between, the place expires.
        await GrainFactory.GetGrain<ITenantGrain>(key.Tenant).AdmitAsync(new AdmitRequest(runId, run.Priority), cancellationToken);
        if (count > 1)
            await rounds!.EnterAsync(cancellationToken);
        var reply = history.StartRun(turnId, message, text, answer, parentId, runId, run, count, route);
        // Who hears of a run finds it.
        var upTo = await journal.KeepAsync();
        await follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), run);
        await journal.TellAsync(upTo);
        return reply;
    }

    private TurnReply Refuse(string turnId, TurnPlan plan) => new(turnId, TurnOutcome.Refused, plan.Answer, null, null, null, history.LastSequence);

    private async Task<TurnReply> ReplyAsync(TurnKey turn, CancellationToken cancellationToken) =>
        SessionHistory.ReplyOf(await feed.ReadOneAsync(turn.Sequence, cancellationToken));

    private async Task<TurnReply> DescribeAsync(SessionMessage message, string words, CancellationToken cancellationToken)
    {
        var look = await looker.SeeAsync(storage.State, history.CurrentImage, key.Tenant, cancellationToken);
        if (look.Description is not { } seen)
            return new TurnReply(message.TurnId, TurnOutcome.Refused, look.Reason, null, null, null, history.LastSequence);
        var answer = Dialogue.Describe(words, seen.Lighting, seen.Rain, seen.Noise);
        return await AnswerAsync(message, seen.Note.Length == 0 ? answer : $"{answer} {seen.Note}", seen.Text);
    }

    private async Task<TurnReply> AnswerAsync(SessionMessage message, string answer, string? description)
    {
        var reply = history.Answer(message, answer, description);
        await journal.SaveAsync();
        return reply;
    }

    // Whoever asks right after a run has ended must not find it still under way.
    private async Task SettleAsync()
    {
        history.RequireOpen();
        if (history.Pending is { RunId: { } runId })
            await follower.SettleAsync(GrainFactory.GetGrain<IRunGrain>(runId), history.PendingRun);
    }

    private async Task EndRunAsync(RunStatus status)
    {
        var isRound = history.Pending?.Round is not null;
        if (!history.EndRun(status))
            return;
        await journal.SaveAsync();
        if (isRound)
            rounds!.Continue();
    }
}
