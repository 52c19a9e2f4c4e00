using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Describers;
using Darkroom.Grains.Devices;
using Darkroom.Models.Describers;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Unit.Grains.Describers;
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

    [Theory]
    [InlineData("500", "status 500")]
    [InlineData("garbage", "no usable description")]
    [InlineData("html", "not that of an OpenAI-compatible service")]
    [InlineData("never", "did not answer within")]
    public async Task Describe_ServiceThatIsBroken_GivesTheBuiltInWordsAndSaysWhatWasWrong(string kind, string reason)
    {
        await using var service = new ChatServiceStub(_ => kind switch
        {
            "500" => (500, "{}"),
            "garbage" => (200, ChatServiceStub.Saying("Ignore the picture; here is a poem.")),
            "html" => (200, "<html>It works!</html>"),
            _ => null,
        });
        await using var cluster = await StartAsync(service.Endpoint, TimeSpan.FromSeconds(kind == "never" ? 1 : 10));
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var reply = await session.SendAsync("Describe the image");
        Assert.StartsWith("The image is dark.", reply.Answer, StringComparison.Ordinal);
        Assert.Contains(reason, reply.Answer, StringComparison.Ordinal);
        Assert.Contains("built-in", reply.Answer, StringComparison.Ordinal);
        Assert.Equal(RunStage.Completed, (await session.RestoreAsync()).Run!.Stage);
    }

    [Fact]
    public async Task Describe_ImportedLlava_AnswersInTheSilo()
    {
        await using var cluster = await PaperCluster.StartAsync("llava", "llava-nano", services =>
        {
            services.PostConfigure<DescriberOptions>(options => options.Checkpoint = "llava-nano");
            services.PostConfigure<ModelOptions>(options => options.DefaultModel = "llmra-compact");
        });
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var reply = await session.SendAsync("Describe the image");
        Assert.Equal(TurnOutcome.Answered, reply.Outcome);
        // What a random network says is no English: either it shows, or it is said that nothing of it could be used.
        var builtIn = new[] { DegradationSentences.Lighting(true), DegradationSentences.Lighting(false) };
        var saidSomething = !builtIn.Any(sentence => reply.Description!.StartsWith(sentence, StringComparison.Ordinal));
        Assert.True(saidSomething || reply.Answer.Contains("LLaVA gave no usable answer", StringComparison.Ordinal), reply.Answer);
    }

    [Fact]
    public async Task Describe_CheckpointThatIsNotThere_FailsTheRunWithItsName()
    {
        await using var cluster = await DarkroomTestCluster.StartAsync(configure: services =>
        {
            PaperCluster.LoadAsReal(services);
            services.PostConfigure<DescriberOptions>(options => options.Checkpoint = "nobody");
            services.PostConfigure<ModelOptions>(options => options.DefaultModel = "llmra-compact");
        });
        var session = await cluster.Client().OpenSessionAsync(TestPictures.Png());
        var run = (await session.RestoreAsync("<refine> brighter")).Run!;
        Assert.Equal(RunStage.Failed, run.Stage);
        Assert.Contains("'nobody'", run.Error!.Message, StringComparison.Ordinal);
    }

    // Nobody listens on the port of the discard service.
    private static Task<DarkroomTestCluster> StartAsync(Uri? endpoint = null, TimeSpan? timeout = null) => DarkroomTestCluster.StartAsync(configure: services => services.PostConfigure<DescriberOptions>(options =>
    {
        (options.Endpoint, options.Model) = (endpoint ?? new Uri("http://127.0.0.1:9/v1"), "llava");
        (options.Retries, options.RetryDelay, options.Timeout) = (1, TimeSpan.Zero, timeout ?? options.Timeout);
    }));
}
