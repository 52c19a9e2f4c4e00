using System.Collections.Immutable;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
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
    private readonly SessionOptions options;
    private readonly SessionKey key;
    private readonly StateWriter writer;
    private readonly RunFollower follower;
    private readonly TimeProvider time;
    private SessionHistory history = null!;
    private SessionFeed feed = null!;

    public SessionGrain(
        IGrainContext context,
        [PersistentState("session")] IPersistentState<SessionState> storage,
        SourceReader sources,
        PictureLooker looker,
        IOptions<SessionOptions> options,
        TimeProvider time,
        ILogger<RunFollower> logger)
    {
        (this.storage, this.sources, this.looker, this.options, this.time) = (storage, sources, looker, options.Value, time);
        key = SessionKey.Parse(context.GrainId.Key.ToString()!);
        writer = new StateWriter(() => storage.WriteStateAsync());
        follower = new RunFollower(this, EndRunAsync, time, logger);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        SessionMetrics.Activated();
        history = new SessionHistory(storage.State, key, time);
        feed = new SessionFeed(history);
        feed.Publish(history.LastSequence);
        if (history.Pending is { RunId: { } runId })
            _ = follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), history.RequestOf(runId));
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
        if (!history.IsOpen)
        {
            var source = await sources.IdentifyAsync(request.ContentHash, cancellationToken);
            history.Open(source, request.Model);
            await SaveAsync();
        }

        history.RequireOpen();
        var info = history.Info();
        return info.Source.Hash == request.ContentHash && info.Model == request.Model
            ? info
            : throw new SessionConflictException($"The session '{key.Session}' is open with another picture or model; open a new session for this one.");
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
        if (history.FindTurn(message) is { } taken)
            return taken.Reply;
        var plan = SessionTurns.Plan(message, history, options);
        return plan switch
        {
            { Outcome: TurnOutcome.Refused } => new TurnReply(message.TurnId, TurnOutcome.Refused, plan.Answer, null, null, null, history.LastSequence),
            { Kind: { } kind } => await StartRunAsync(message, plan, kind, cancellationToken),
            { Describes: true } => await DescribeAsync(message, plan.Words, cancellationToken),
            _ => await AnswerAsync(message, plan.Answer, null),
        };
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
        await SaveAsync();
        return history.Info();
    }

    /// <inheritdoc/>
    public async Task<SessionInfo> CheckoutAsync(string versionId, CancellationToken cancellationToken)
    {
        await SettleAsync();
        history.Checkout(versionId);
        await SaveAsync();
        return history.Info();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SessionEvent> WatchAsync(long fromSequence, CancellationToken cancellationToken)
    {
        history.RequireOpen();
        return feed.ReadAsync(fromSequence, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => follower.Dispose();

    private async Task<TurnReply> StartRunAsync(SessionMessage message, TurnPlan plan, RunKind kind, CancellationToken cancellationToken)
    {
        var image = history.CurrentImage;
        var known = kind == RunKind.Restore ? storage.State.Descriptions.GetValueOrDefault(image.Hash) : null;
        var run = new RunRequest(image, kind, plan.Words, known?.Text, message.Settings, storage.State.Model);
        var runId = RunKey.Create(key.Tenant, Guid.NewGuid().ToString("N")).ToString();
        // Asked before the turn is taken: what is refused leaves no trace. If this silo dies in between, the place expires.
        await GrainFactory.GetGrain<ITenantGrain>(key.Tenant).AdmitAsync(new AdmitRequest(runId, run.Priority), cancellationToken);
        var reply = history.StartRun(message, plan.Answer, runId, run);
        await SaveAsync();
        await follower.FollowAsync(GrainFactory.GetGrain<IRunGrain>(runId), run);
        return reply;
    }

    private async Task<TurnReply> DescribeAsync(SessionMessage message, string words, CancellationToken cancellationToken)
    {
        var image = history.CurrentImage;
        if (!storage.State.Descriptions.TryGetValue(image.Hash, out var seen))
        {
            var look = await looker.LookAsync(image, key.Tenant, storage.State.Model, cancellationToken);
            if (look.Description is null)
                return new TurnReply(message.TurnId, TurnOutcome.Refused, look.Reason, null, null, null, history.LastSequence);
            storage.State.Descriptions[image.Hash] = seen = look.Description;
        }

        return await AnswerAsync(message, Dialogue.Describe(words, seen.Lighting, seen.Rain, seen.Noise), seen.Text);
    }

    private async Task<TurnReply> AnswerAsync(SessionMessage message, string answer, string? description)
    {
        var reply = history.Answer(message, answer, description);
        await SaveAsync();
        return reply;
    }

    // Whoever asks right after a run has ended must not find it still under way.
    private async Task SettleAsync()
    {
        history.RequireOpen();
        if (history.Pending is { RunId: { } runId })
            await follower.SettleAsync(GrainFactory.GetGrain<IRunGrain>(runId), history.RequestOf(runId));
    }

    private async Task EndRunAsync(RunStatus status)
    {
        if (history.EndRun(status))
            await SaveAsync();
    }

    private async Task SaveAsync()
    {
        var upTo = history.LastSequence;
        try
        {
            await writer.SaveAsync();
        }
        catch (Exception error)
        {
            // What is in memory is not what is written: the next activation reads the truth.
            DeactivateOnIdle();
            if (error is Orleans.Storage.InconsistentStateException)
                throw;
            throw new StorageFailedException($"The session could not be written: {error.Message}");
        }

        feed.Publish(upTo);
    }
}
