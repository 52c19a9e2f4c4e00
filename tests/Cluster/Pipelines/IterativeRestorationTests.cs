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
    public async Task Rounds_ModelWithoutDescriber_AreRefused()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png(), model: "other");
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => IterativeRestoration.RunAsync(session, 2, "<refine> brighter"));
        Assert.Contains("cannot describe", error.Message, StringComparison.Ordinal);
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

    private static async Task<(IterativeRestoration Result, SessionVersion[] Versions, string Current)> RunAsync(Func<Tensor, int, string> describe, int rounds)
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
            services.AddSingleton<IPipelineLoader>(new DescribingLoader(new TestPipelineLoader(new StepLog(), "silo"), describe)));
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var result = await IterativeRestoration.RunAsync(session, rounds);
        return (result, [.. await session.ListVersionsAsync()], (await session.GetAsync()).CurrentVersionId);
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
