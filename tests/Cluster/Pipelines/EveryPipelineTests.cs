using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Grains.Devices;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Pipelines;

/// <summary>Every pipeline in a dialogue, in a batch job and in a run of its own, on the same picture: the same picture comes of it, and nothing outside the region changes.</summary>
public sealed class EveryPipelineTests
{
    private static readonly RegionBox Box = new(4, 4, 12, 8);

    [Theory]
    [InlineData("llmra", RunKind.Refine, "much brighter please", null, null, null)]
    [InlineData("vlm-imi", RunKind.Refine, "a bright kitchen in the morning", 2, null, null)]
    [InlineData("darkdiff", RunKind.Restore, "", 2, 1.5, null)]
    [InlineData("diff-plugin", RunKind.Refine, "please restore this old photo", 2, null, null)]
    [InlineData("mgie", RunKind.Refine, "make it a winter day", 2, 5.0, 1.2)]
    public async Task Pipeline_InSessionJobAndRun_GivesOnePicture(string pipeline, RunKind kind, string words, int? steps, double? guidance, double? imageGuidance)
    {
        await using var cluster = await StartAsync(pipeline);
        var client = cluster.Client();
        var file = pipeline == "darkdiff" ? RawPictures.Night() : await PhotographAsync();
        var settings = new RestorationSettings(Seed: 5, Steps: steps, GuidanceScale: guidance, ImageGuidanceScale: imageGuidance, Region: new RestorationRegion(Box: Box, Feather: 2));

        var session = await client.OpenSessionAsync(new MemoryStream(file), pipeline: pipeline);
        var said = (await session.RestoreAsync($"<{kind.ToString().ToLowerInvariant()}> {words}", settings)).Run!;
        Assert.True(said.Stage == RunStage.Completed, said.Error?.Message);
        Assert.Equal((pipeline, steps is null ? 1 : said.Steps), (said.Route!.Pipeline, said.Steps));
        // MGIE shows what it made of the words.
        Assert.Equal(pipeline == "mgie", kind == RunKind.Refine && said.Instruction != words);

        var source = (await session.GetAsync()).Source;
        var alone = await (await client.StartRunAsync(new RunRequest(source, kind, words, null, settings, Pipeline: pipeline))).WaitAsync();
        Assert.Equal(said.Result!.Hash, alone.Result!.Hash);

        var job = await client.StartJobAsync([new JobItem("photo", source.Hash), new JobItem("again", source.Hash)], new JobRequest(null, null, kind, words, settings, Pipeline: pipeline));
        Assert.Equal(2, (await job.WaitAsync()).Completed);
        await foreach (var result in job.ResultsAsync())
            AssertClose(await ReadAsync(cluster, said.Result.Hash), await ReadAsync(cluster, result.Result!.Hash), 4.001f / 255);   // the two share a batch, which rounds otherwise

        var (before, after) = (await ReadAsync(cluster, source.Hash), await ReadAsync(cluster, said.Result.Hash));
        Assert.Contains(true, Changed(before, after, isInside: true));
        Assert.DoesNotContain(true, Changed(before, after, isInside: false));

        var asMask = await client.UploadAsync(TestPictures.Png(MaskOf(before.Width, before.Height)));
        var masked = (await session.FinishAsync(await session.ReplayAsync("v1", settings: settings with { Region = new RestorationRegion(asMask, Feather: 2) }))).Run!;
        Assert.Equal(said.Result.Hash, masked.Result!.Hash);
    }

    private static Task<DarkroomTestCluster> StartAsync(string pipeline)
    {
        void Configure(IServiceCollection services) => services.PostConfigure<ModelOptions>(options => options.DefaultModel = "llmra-compact");
        return pipeline == "llmra"
            ? DarkroomTestCluster.StartAsync(configure: services =>
            {
                PaperCluster.LoadAsReal(services);
                Configure(services);
            })
            : PaperCluster.StartAsync(pipeline, $"{pipeline}-nano", Configure);
    }

    // A photograph that somebody took in bad light, made small.
    private static async Task<byte[]> PhotographAsync()
    {
        var place = new DirectoryInfo(AppContext.BaseDirectory);
        while (place is not null && !File.Exists(Path.Combine(place.FullName, "Cluster.sln")))
            place = place.Parent;
        var folder = Path.Combine(place!.FullName, "..", "shared", "images", "dev", "lowlight_noGT");
        var photo = Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(path => ImageFormats.TryFromPath(path, out _)).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        Assert.SkipWhen(photo is null, $"The photographs are not here: {folder} has none.");
        var picture = new ImageDecoder(new ImagingOptions()).Decode(await File.ReadAllBytesAsync(photo!));
        return ImageEncoder.Encode(Resampler.Fit(picture, 32), ImageFormat.Png);
    }

    private static PlanarImage MaskOf(int width, int height)
    {
        var mask = new PlanarImage(width, height, isGrey: true);
        for (var y = Box.Y; y < Box.Y + Box.Height; y++)
            mask.Row(0, y).Slice(Box.X, Box.Width).Fill(1);
        return mask;
    }

    private static IEnumerable<bool> Changed(PlanarImage before, PlanarImage after, bool isInside)
    {
        for (var i = 0; i < after.Pixels.Length; i++)
        {
            var (x, y) = (i % after.Width, i / after.Width % after.Height);
            if ((x >= Box.X && x < Box.X + Box.Width && y >= Box.Y && y < Box.Y + Box.Height) == isInside)
                yield return Math.Abs(before.Pixels[i] - after.Pixels[i]) > 1.001f / 255;
        }
    }

    private static void AssertClose(PlanarImage first, PlanarImage second, float tolerance) =>
        Assert.All(first.Pixels.Zip(second.Pixels), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance));

    private static Task<PlanarImage> ReadAsync(DarkroomTestCluster cluster, string hash) => TestPictures.ReadAsync(cluster.Contents, hash);
}
