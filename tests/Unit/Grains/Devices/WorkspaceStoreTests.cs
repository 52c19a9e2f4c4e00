using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Models.Pipelines;
using Microsoft.Extensions.Options;
using TorchSharp;
using Xunit;

namespace Darkroom.Tests.Unit.Grains.Devices;

public sealed class WorkspaceStoreTests : IDisposable
{
    private const int Side = 128;

    private static readonly long RunBytes = RunWorkspace.EstimateBytes(Side, Side);

    private readonly ManualTime time = new();
    private readonly WorkspaceStore store;

    public WorkspaceStoreTests()
    {
        // Room for one run of the tests' size and not for two.
        Assert.InRange(RunBytes, (1 << 19) + 1, 1 << 20);
        store = new WorkspaceStore(Options.Create(new DeviceOptions { WorkspaceMebibytes = 1 }), time);
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public void TryReserve_FirstRun_IsAcceptedHoweverLarge() => Assert.NotNull(store.TryReserve(long.MaxValue / 2, "cpu:0"));

    [Fact]
    public void TryReserve_NoRoom_IsRefusedUntilTheRunIsDropped()
    {
        store.Add(Workspace("t/a"));
        Assert.Null(store.TryReserve(RunBytes, "cpu:0"));
        store.Drop("t/a");
        Assert.NotNull(store.TryReserve(RunBytes, "cpu:0"));
    }

    [Fact]
    public void TryReserve_RoomThatIsBeingDecodedInto_CountsAsTaken()
    {
        using (store.TryReserve(RunBytes, "cpu:0"))
            Assert.Null(store.TryReserve(RunBytes, "cpu:0"));
        Assert.NotNull(store.TryReserve(RunBytes, "cpu:0"));
    }

    [Fact]
    public void TryReserve_RunThatNobodyAskedForLately_MakesRoom()
    {
        store.Add(Workspace("t/a"));
        time.Advance(new DeviceOptions().WorkspaceIdle);
        Assert.NotNull(store.TryReserve(RunBytes, "cpu:0"));
        Assert.Null(store.Find("t/a"));
    }

    [Fact]
    public void TryReserve_RunThatWasJustAskedFor_KeepsItsRoom()
    {
        store.Add(Workspace("t/a"));
        time.Advance(new DeviceOptions().WorkspaceIdle);
        Assert.NotNull(store.Find("t/a"));
        Assert.Null(store.TryReserve(RunBytes, "cpu:0"));
    }

    [Fact]
    public async Task TryReserve_RunThatIsWorkedOn_KeepsItsRoom()
    {
        var workspace = Workspace("t/a");
        var work = new TaskCompletionSource<RunAdvance>();
        var advance = workspace.BeginAdvance(_ => work.Task);
        store.Add(workspace);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(store.TryReserve(RunBytes, "cpu:0"));
        work.SetResult(new RunAdvance(null));
        await advance;
        Assert.NotNull(store.TryReserve(RunBytes, "cpu:0"));
    }

    [Fact]
    public async Task Drop_WhileItIsWorkedOn_StopsTheWorkAndFreesItAfterwards()
    {
        using var scope = torch.NewDisposeScope();
        var workspace = Workspace("t/a");
        store.Add(workspace);
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var advance = workspace.BeginAdvance(async stop =>
        {
            begun.SetResult();
            await release.Task;
            Assert.True(stop.IsCancellationRequested);
            // Still there: the device may have it in its hands.
            Assert.Single(workspace.Prepared.Conditioning.Tensors);
            return new RunAdvance(null);
        });
        await begun.Task;
        store.Drop("t/a");
        release.SetResult();
        await advance;
        await TestWait.UntilAsync(() => workspace.Prepared.Conditioning.Tensors.Count == 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workspace.BeginFinish(_ => throw new InvalidOperationException("begun after the end")));
    }

    [Fact]
    public async Task BeginAdvance_Twice_IsOnePieceOfWorkUntilItIsAnswered()
    {
        var workspace = Workspace("t/a");
        store.Add(workspace);
        var first = workspace.BeginAdvance(_ => Task.FromResult(new RunAdvance(null)));
        await first;
        Assert.Same(first, workspace.BeginAdvance(_ => throw new InvalidOperationException("begun twice")));
        workspace.EndAdvance(first);
        Assert.NotSame(first, workspace.BeginAdvance(_ => Task.FromResult(new RunAdvance(null))));
    }

    private static RunWorkspace Workspace(string runId)
    {
        var request = new RunRequest(new ImageRef("00", Side, Side, "image/png", 1), RunKind.Restore, "", null, new RestorationSettings());
        var conditioning = new Conditioning([new("gain", torch.zeros([1L]))]);
        return new RunWorkspace(
            runId, request, new PlanarImage(Side, Side), "cpu:0", new ModelLease(new LoadedModel(new StubPipeline(), null, 0), () => { }), new PreparedRun(conditioning, 1, null, ""));
    }
}
