using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Grains.Describers;
using Darkroom.Grains.Devices;
using Darkroom.Models.Describers;
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
    private static Task<DarkroomTestCluster> StartAsync() => DarkroomTestCluster.StartAsync(configure: services => services.PostConfigure<DescriberOptions>(options =>
    {
        (options.Endpoint, options.Model) = (new Uri("http://127.0.0.1:9/v1"), "llava");
        (options.Retries, options.RetryDelay) = (1, TimeSpan.Zero);
    }));
}
