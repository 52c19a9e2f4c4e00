using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
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
    private readonly SessionOptions options;
    private readonly SessionKey key;
    private readonly RunFollower follower;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private SessionHistory history = null!;
    private SessionFeed feed = null!;
    private SessionJournal journal = null!;

    public SessionGrain(
        IGrainContext context,
        [PersistentState("session")] IPersistentState<SessionState> storage,
        SourceReader sources,
        PictureLooker looker,
        SessionPages pages,
        TenantIndex index,
        IOptions<SessionOptions> options,
        TimeProvider time,
        ILogger<RunFollower> logger)
    {
        (this.storage, this.sources, this.looker, this.pages, this.index, this.options, this.time, this.logger) = (storage, sources, looker, pages, index, options.Value, time, logger);
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
        if (history.IsOpen && history.Pending is { RunId: { } runId })
            _ = follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), history.PendingRun);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        SessionMetrics.Deactivated();
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
        history.ForgetTurns(options.TurnLifetime);
        if (history.FindTurn(message.TurnId, message) is { } taken)
            return await ReplyAsync(taken, cancellationToken);
        var plan = SessionTurns.Plan(message, history, options);
        return plan switch
        {
            { Outcome: TurnOutcome.Refused } => Refuse(message.TurnId, plan),
            { Replay: { } replay } => await StartAsync(message.TurnId, message, message.Text, plan.Answer, replay.Version.ParentId!, ToRun(replay), cancellationToken, replay.Version.Route),
            { Kind: { } kind } => await StartAsync(message.TurnId, message, message.Text, plan.Answer, history.Current.Id, ToRun(message, plan, kind), cancellationToken),
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
            ? await StartAsync(request.TurnId, request, null, plan.Answer, replay.Version.ParentId!, ToRun(replay), cancellationToken, replay.Version.Route)
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
    public async Task<VersionComparison> CompareAsync(string beforeId, string afterId, CancellationToken cancellationToken)
    {
        await SettleAsync();
        var (before, after) = (history.Tree.Require(beforeId), history.Tree.Require(afterId));
        return new VersionComparison(before, after, history.Tree.CommonAncestor(before, after).Id, VersionComparer.Differences(before, after));
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        if (storage.State.Layout == 0)
            return;
        await follower.StopAsync();
        if (history.IsOpen && history.Pending is { RunId: { } runId })
            await follower.CancelAsync(GrainFactory.GetGrain<IRunGrain>(runId));
        await journal.EraseAsync();
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEvent> WatchAsync(long fromSequence, CancellationToken cancellationToken)
    {
        history.RequireOpen();
        return feed.ReadAsync(fromSequence, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => follower.Dispose();

    private void Attach()
    {
        history = new SessionHistory(storage.State, key, time);
        feed = new SessionFeed(history, pages, key, storage.State.PageSize);
        journal = new SessionJournal(key, storage, history, feed, pages, index, DeactivateOnIdle, logger);
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
        string turnId, T message, string? text, string answer, string parentId, RunRequest run, CancellationToken cancellationToken, RunRoute? route = null)
    {
        var runId = RunKey.Create(key.Tenant, Guid.NewGuid().ToString("N")).ToString();
        // Asked before the turn is taken: what is refused leaves no trace. If this silo dies in between, the place expires.
        await GrainFactory.GetGrain<ITenantGrain>(key.Tenant).AdmitAsync(new AdmitRequest(runId, run.Priority), cancellationToken);
        var reply = history.StartRun(turnId, message, text, answer, parentId, runId, run, route);
        await journal.SaveAsync();
        await follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), run);
        return reply;
    }

    private TurnReply Refuse(string turnId, TurnPlan plan) => new(turnId, TurnOutcome.Refused, plan.Answer, null, null, null, history.LastSequence);

    private async Task<TurnReply> ReplyAsync(TurnKey turn, CancellationToken cancellationToken) =>
        SessionHistory.ReplyOf(await feed.ReadOneAsync(turn.Sequence, cancellationToken));

    private async Task<TurnReply> DescribeAsync(SessionMessage message, string words, CancellationToken cancellationToken)
    {
        var image = history.CurrentImage;
        if (!storage.State.Descriptions.TryGetValue(image.Hash, out var seen))
        {
            var look = await looker.LookAsync(image, key.Tenant, storage.State.Model, cancellationToken);
            if (look.Description is null)
                return new TurnReply(message.TurnId, TurnOutcome.Refused, look.Reason, null, null, null, history.LastSequence);
            seen = look.Description;
            // A describer that stood in for another is not believed for ever.
            if (seen.Note.Length == 0)
                storage.State.Descriptions[image.Hash] = seen;
        }

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
        if (history.EndRun(status))
            await journal.SaveAsync();
    }
}
