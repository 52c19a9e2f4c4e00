using System.Globalization;
using Darkroom.Client;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Devices;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>Iterative instructions: restore, describe the result, restore again by that description.</summary>
public sealed class IterativeRestorationTests
{
    [Fact]
    public async Task Rounds_UntilTheDescriptionStopsChanging_AreVersionsOfTheSamePicture()
    {
        // It sees brightness in broad steps: the second round is as bright as the first.
        var (result, versions, _) = await RunAsync((overview, _) => string.Create(CultureInfo.InvariantCulture, $"brightness {overview.mean().ToSingle() * 4:F0}"), rounds: 5);
        Assert.True(result.IsSettled);
        Assert.Equal(2, result.Rounds.Count);
        Assert.Equal(["v0", "v1", "v2"], versions.Select(version => version.Id));
        Assert.All(versions.Skip(1), version => Assert.Equal(("v0", VersionState.Ready), (version.ParentId, version.State)));
        Assert.Equal(result.Instructions[1], versions[2].Instruction);
        Assert.NotEqual(versions[1].Description, versions[2].Instruction);
    }

    [Fact]
    public async Task Rounds_DescriptionThatAlwaysChanges_EndAtTheirNumber()
    {
        var (result, versions, current) = await RunAsync((_, count) => string.Create(CultureInfo.InvariantCulture, $"<restore> look {count}"), rounds: 3);
        Assert.False(result.IsSettled);
        Assert.Equal(3, result.Rounds.Count);
        Assert.Equal("v3", current);
        Assert.Equal(["(restore) look 2", "(restore) look 3"], result.Instructions.Skip(1));
        Assert.Equal(4, versions.Length);
    }

    [Fact]
    public async Task Rounds_ModelWithoutDescriber_EndAfterTheFirstAndSayWhy()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: "other");
        var result = await IterativeRestoration.RunAsync(session, 2, "<refine> brighter");
        Assert.Equal((1, false), (result.Rounds.Count, result.IsSettled));
        Assert.Contains("cannot describe", result.Ending, StringComparison.Ordinal);
        Assert.Equal(TurnOutcome.RunStarted, (await session.SendAsync("<refine> brighter")).Outcome);
    }

    [Theory]
    [InlineData("/rounds 2", "<restore>")]
    [InlineData("/rounds 2 <refine> a warm room", "a warm room")]
    [InlineData("<refine> a warm room in two rounds", "a warm room")]
    public async Task Rounds_AskedForInWords_AreDriven(string message, string first)
    {
        await using var cluster = await StartAsync((_, count) => string.Create(CultureInfo.InvariantCulture, $"look {count}"));
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var reply = await session.SendAsync(message);
        Assert.Equal((TurnOutcome.RunStarted, 2), (reply.Outcome, reply.Rounds));
        var result = await IterativeRestoration.FollowAsync(session, reply, message);
        Assert.Equal(["All 2 rounds are done.", "2"], [result.Ending!, result.Rounds.Count.ToString(CultureInfo.InvariantCulture)]);
        var versions = await session.ListVersionsAsync();
        Assert.Equal(first == "<restore>" ? string.Empty : first, versions[1].Instruction);
        Assert.Equal([null, new VersionRound(1, 2), new VersionRound(2, 2)], versions.Select(version => version.Round));
        Assert.All(versions.Skip(1), version => Assert.Equal(TestPipeline.ModelName, version.Model));
    }

    [Fact]
    public async Task Rounds_WhileTheyGoOn_NothingElseBeginsAndCancelEndsThem()
    {
        var looking = new Pause();
        await using var cluster = await StartAsync((_, count) =>
        {
            if (count == 2)
                looking.Hold("silo");
            return string.Create(CultureInfo.InvariantCulture, $"look {count}");
        });
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var reply = await session.SendAsync("/rounds 5");
        await looking.ReachedAsync();
        Assert.Equal(TurnOutcome.Refused, (await session.SendAsync("<restore>")).Outcome);
        await session.CancelAsync();
        looking.End();
        var result = await IterativeRestoration.FollowAsync(session, reply, "/rounds 5");
        Assert.Equal((1, "The rounds were cancelled."), (result.Rounds.Count, result.Ending));
        await Supervision.LoneRuns.NothingUnfinishedAsync(cluster);
        Assert.Equal(2, (await session.ListVersionsAsync()).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rounds_SiloLostInTheSecondOrBeforeIt_GoOnByThemselves(bool isBetween)
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            string key;
            var held = new Pause();
            await using (var cluster = await StartAsync(
                (_, count) =>
                {
                    if (isBetween && count == 2)
                        held.Hold("silo");
                    return Words(count);
                },
                folder))
            {
                if (!isBetween)
                {
                    cluster.Log.OnStep = (silo, _) =>
                    {
                        if (cluster.Log.Instructions.Count == 2)
                            held.Hold(silo);
                    };
                }

                var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), "photo");
                key = (await session.SendAsync("/rounds 3", new Darkroom.Contracts.Runs.RestorationSettings(Seed: 5))).TurnId;
                await held.ReachedAsync();
                cluster.Blobs.Before = (what, _) =>
                {
                    if (what is "write" or "delete")
                        throw new Storage.BlobStoreException("the silo is dead");
                };
                var killing = cluster.KillAsync(cluster.Silos[0].Name);
                held.End();
                await killing;
            }

            await using (var cluster = await StartAsync((_, count) => Words(count + 5), folder))
            {
                await Supervision.LoneRuns.NothingUnfinishedAsync(cluster);
                var versions = await cluster.Client().Session("photo").ListVersionsAsync();
                Assert.Equal(["v0", "v1", "v2", "v3"], versions.Select(version => version.Id));
                Assert.All(versions.Skip(1), version => Assert.Equal(("v0", VersionState.Ready, 5ul), (version.ParentId, version.State, version.Settings.Seed)));
                Assert.Equal("v3", (await cluster.Client().Session("photo").GetAsync()).CurrentVersionId);
                using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                await foreach (var happened in cluster.Client().Session("photo").EventsAsync(1, stop.Token))
                {
                    if (happened.Kind != SessionEventKind.RoundsEnded)
                        continue;
                    Assert.Equal((key, "All 3 rounds are done."), (happened.TurnId, happened.Answer));
                    break;
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    public async Task Rounds_OutOfRange_AreRefused(int rounds)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        await Assert.ThrowsAsync<InvalidRequestException>(() => IterativeRestoration.RunAsync(session, rounds));
    }

    // Longer ones make brighter pictures: each round's is another.
    private static string Words(int count) => $"look {new string('x', 20 * count)}";

    private static async Task<(IterativeRestoration Result, SessionVersion[] Versions, string Current)> RunAsync(Func<Tensor, int, string> describe, int rounds)
    {
        await using var cluster = await StartAsync(describe);
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var result = await IterativeRestoration.RunAsync(session, rounds);
        return (result, [.. await session.ListVersionsAsync()], (await session.GetAsync()).CurrentVersionId);
    }

    private static Task<DarkroomTestCluster> StartAsync(Func<Tensor, int, string> describe, string? folder = null)
    {
        var log = new StepLog();
        return DarkroomTestCluster.StartAsync(folder: folder, log: log, configure: services =>
            services.AddSingleton<IPipelineLoader>(new DescribingLoader(new TestPipelineLoader(log, "silo"), describe)));
    }

    private sealed class DescribingLoader(IPipelineLoader inner, Func<Tensor, int, string> describe) : IPipelineLoader
    {
        public Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => inner.ListModelsAsync(cancellationToken);

        public LoadedModel Load(string model, Device device) => inner.Load(model, device) with { Describer = new Describer(describe) };
    }

    private sealed class Describer(Func<Tensor, int, string> describe) : IImageDescriber
    {
        private int count;

        public int PatchSize => 8;

        public ImageDescription Describe(Tensor overview, Tensor patches) => new(0, 0, 0, describe(overview, ++count), string.Empty, string.Empty);
    }
}
