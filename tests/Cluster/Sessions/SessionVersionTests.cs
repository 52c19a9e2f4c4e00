using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Sessions;

public sealed class SessionVersionTests : IAsyncLifetime
{
    private DarkroomTestCluster cluster = null!;

    public async ValueTask InitializeAsync() => cluster = await DarkroomTestCluster.StartAsync();

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Replay_SameSeed_GivesTheSamePictureAndAnotherSeedTheOneOfThatSeed()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var first = await session.RestoreAsync("<restore> keep the grain", new RestorationSettings(Steps: 4));
        var described = cluster.Log.DescribedCount;
        var same = await session.FinishAsync(await session.ReplayAsync("v1"));
        var seven = await session.FinishAsync(await session.ReplayAsync("v1", seed: 7));
        var fresh = await (await cluster.Client().OpenSessionAsync(TestPictures.Png())).RestoreAsync("<restore> keep the grain", new RestorationSettings(Steps: 4, Seed: 7));

        Assert.Equal(first.Run!.Result!.Hash, same.Run!.Result!.Hash);
        Assert.NotEqual(first.Run.Result.Hash, seven.Run!.Result!.Hash);
        Assert.Equal(fresh.Run!.Result!.Hash, seven.Run.Result.Hash);
        // The describer's words are the version's: the picture is not looked at again but by the fresh session.
        Assert.Equal(described + 1, cluster.Log.DescribedCount);
        var versions = await session.ListVersionsAsync();
        Assert.Equal([null, "v0", "v0", "v0"], versions.Select(version => version.ParentId));
        Assert.Equal(("v3", 7ul, 4), ((await session.GetAsync()).CurrentVersionId, versions[3].Settings.Seed, versions[3].Settings.Steps));
    }

    [Fact]
    public async Task Refinements_OfOneVersion_ShareItsEncodedTiles()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(TestPictures.Slope(80, 30)));
        var tiles = (await session.RestoreAsync()).Run!.Tiles;
        Assert.True(tiles >= 3);
        Assert.Equal(tiles, cluster.Log.EncodedCount);
        await session.FinishAsync(await session.ReplayAsync("v1", seed: 7));
        Assert.Equal(tiles, cluster.Log.EncodedCount);

        await session.CheckoutAsync("v1");
        var first = await session.RestoreAsync("<refine> brighter");
        Assert.Equal(2 * tiles, cluster.Log.EncodedCount);
        await session.CheckoutAsync("v1");
        var second = await session.RestoreAsync("<refine> brighter");
        Assert.Equal(2 * tiles, cluster.Log.EncodedCount);
        Assert.Equal(first.Run!.Result!.Hash, second.Run!.Result!.Hash);
    }

    [Fact]
    public async Task Replay_InWords_IsUnderstood()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        await session.RestoreAsync();
        var again = await session.RestoreAsync("The same again with seed 7");

        Assert.Equal("Here is v1 again, with seed 7.", again.Reply.Answer);
        Assert.Equal(RunStage.Completed, again.Run!.Stage);
        Assert.Equal(7ul, (await session.ListVersionsAsync())[2].Settings.Seed);
    }

    [Fact]
    public async Task Replay_SameTurnTwice_IsDoneOnceAndOtherContentIsRefused()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        await session.RestoreAsync();
        var first = await session.ReplayAsync("v1", seed: 7, turnId: "again");
        Assert.Equal(first, await session.ReplayAsync("v1", seed: 7, turnId: "again"));
        await session.WaitAsync(first.RunId!);

        Assert.Equal(first, await session.ReplayAsync("v1", seed: 7, turnId: "again"));
        Assert.Equal(3, (await session.ListVersionsAsync()).Length);
        await Assert.ThrowsAsync<SessionConflictException>(() => session.ReplayAsync("v1", seed: 8, turnId: "again"));
        await Assert.ThrowsAsync<SessionConflictException>(() => session.SendAsync("hello", turnId: "again"));
        await Assert.ThrowsAsync<InvalidRequestException>(() => session.ReplayAsync("v0"));
        await Assert.ThrowsAsync<InvalidRequestException>(() => session.ReplayAsync("v7"));
    }

    [Fact]
    public async Task Compare_TwoBranches_TellsBothPicturesAndWhatDiffers()
    {
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        await session.RestoreAsync("<restore>");
        await session.CheckoutAsync("v0");
        await session.RestoreAsync("<refine> brighter", new RestorationSettings(Strength: 0.5, Seed: 3));
        var comparison = await session.CompareAsync("v1", "v2");

        var versions = await session.ListVersionsAsync();
        Assert.Equal((versions[1], versions[2], "v0"), (comparison.Before, comparison.After, comparison.CommonAncestorId));
        Assert.Equal(["command", "instruction", "description", "strength", "seed"], comparison.Differences.Select(difference => difference.Name));
        Assert.Equal(new VersionDifference("strength", "1", "0.5"), comparison.Differences[3]);
        Assert.Empty((await session.CompareAsync("v1", "v1")).Differences);
        await Assert.ThrowsAsync<InvalidRequestException>(() => session.CompareAsync("v1", "v9"));
    }

    [Fact]
    public async Task Delete_Session_LeavesNothingAndEndsItsRunAndItsReaders()
    {
        var client = cluster.Client();
        var session = await client.OpenSessionAsync(TestPictures.Png(), "photo");
        var pause = cluster.Log.PauseAt(_ => true);
        var reply = await session.SendAsync("<restore>");
        await pause.ReachedAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in session.EventsAsync(1, timeout.Token))
            {
            }
        });
        await session.DeleteAsync();
        pause.End();

        await Assert.ThrowsAsync<SessionNotFoundException>(() => reading);
        Assert.Equal(RunStage.Cancelled, (await session.WaitAsync(reply.RunId!)).Stage);
        await Assert.ThrowsAsync<SessionNotFoundException>(() => session.GetAsync());
        await session.DeleteAsync();
        Assert.Empty(await BlobsAsync("sessions/"));
        Assert.Empty(await BlobsAsync("state/session/"));
        // The name is free, and the picture is still there.
        Assert.Equal(1, (await (await client.OpenSessionAsync(TestPictures.Png(TestPictures.Slope(8, 8)), "photo")).GetAsync()).LastSequence);
        await using var picture = await cluster.Contents.OpenAsync((await (await client.OpenSessionAsync(TestPictures.Png())).GetAsync()).Source.Hash);
    }

    [Fact]
    public async Task Session_OfAnotherTenant_CanBeNeitherComparedNorReplayedNorDeleted()
    {
        var mine = await cluster.Client("acme").OpenSessionAsync(TestPictures.Png(), "photo");
        await mine.RestoreAsync();
        var theirs = cluster.Client("evil").Session("photo");

        await Assert.ThrowsAsync<SessionNotFoundException>(() => theirs.CompareAsync("v0", "v1"));
        await Assert.ThrowsAsync<SessionNotFoundException>(() => theirs.ReplayAsync("v1"));
        await theirs.DeleteAsync();
        Assert.Equal(2, (await mine.ListVersionsAsync()).Length);
    }

    private async Task<List<string>> BlobsAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in cluster.Blobs.ListAsync(prefix))
            names.Add(blob.Name);
        return names;
    }
}
