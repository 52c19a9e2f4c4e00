using Darkroom.Contracts.Runs;
using Darkroom.Grains.Describers;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster;

/// <summary>Sessions whose describing service is gone: the built-in describer answers, and says for whom.</summary>
public sealed class DescriberTests
{
    [Fact]
    public async Task Describe_ServiceThatIsGone_GivesTheBuiltInWordsAndSaysSo()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var reply = await session.SendAsync("Describe the image");
        Assert.StartsWith("The image is dark.", reply.Answer, StringComparison.Ordinal);
        Assert.Contains("could not be asked", reply.Answer, StringComparison.Ordinal);
        Assert.Contains("built-in", reply.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be asked", reply.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_ServiceThatIsGone_IsSteeredByTheBuiltInWords()
    {
        await using var cluster = await StartAsync();
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var run = (await session.RestoreAsync()).Run!;
        Assert.Equal(RunStage.Completed, run.Stage);
        Assert.StartsWith("The image is dark.", run.Description, StringComparison.Ordinal);
    }

    // Nobody listens on the port of the discard service.
    private static Task<DarkroomTestCluster> StartAsync() => DarkroomTestCluster.StartAsync(configure: services => services.PostConfigure<DescriberOptions>(options =>
    {
        (options.Endpoint, options.Model) = (new Uri("http://127.0.0.1:9/v1"), "llava");
        (options.Retries, options.RetryDelay) = (1, TimeSpan.Zero);
    }));
}
