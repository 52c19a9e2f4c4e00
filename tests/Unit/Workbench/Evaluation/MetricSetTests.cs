using Darkroom.Cli.CommandLine;
using Darkroom.Grains.Checkpoints;
using Darkroom.Imaging;
using Darkroom.Imaging.Samples;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Quality;
using Darkroom.Tests.Unit.Cli;
using Darkroom.Tests.Unit.Models.Quality;
using Darkroom.Workbench.Evaluation;
using Darkroom.Workbench.Evaluation.Metrics;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Workbench.Evaluation;

public sealed class MetricSetTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly OfflineCheckpoints checkpoints;

    public MetricSetTests() => checkpoints = OfflineCheckpoints.Open(folder["blobs"]);

    public void Dispose()
    {
        checkpoints.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("lpips", "alexnet-owt-7be5be79.pth")]
    [InlineData("lpips-vgg", "vgg16-397923af.pth")]
    [InlineData("musiq", "musiq_koniq_ckpt-e95806b9.pth")]
    [InlineData("fid", "pt_inception-2015-12-05-6726825d.pth")]
    [InlineData("kid", "pt_inception-2015-12-05-6726825d.pth")]
    public async Task Open_NetworkNotImported_SaysWhatToImport(string metric, string file)
    {
        // Type names of the two command lines are the same: the message is what counts.
        var error = await Assert.ThrowsAnyAsync<Exception>(() => OpenAsync(metric));
        Assert.Equal(nameof(InputException), error.GetType().Name);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint import", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lpips_PublishedLayouts_MeasureTheSame(bool isOneFile)
    {
        await ImportLpipsAsync(isOneFile);
        using var metrics = await OpenAsync("lpips");
        var lpips = Assert.Single(metrics.OfPictures);
        var clean = EightBit(SampleScene.Draw(96, 80));

        Assert.True(lpips.NeedsReference);
        Assert.Equal(0, lpips.Measure(clean, clean));
        Assert.Equal(0.0110, Math.Abs(lpips.Measure(Noise(100), Noise(101))), 0.004);   // as the test of the network, on pictures of 8 bits
        Assert.Equal(double.NaN, lpips.Measure(new PlanarImage(40, 40), new PlanarImage(40, 40)));
    }

    [Fact]
    public async Task Musiq_PublishedLayout_NeedsNoReference()
    {
        using var scope = NewDisposeScope();
        // Heads of 64 channels: the published width is a multiple of it.
        using var network = RuleNumbers.Fill(new Musiq(new MusiqConfig(64, 32, 1, 1, 3, 10, 10)));
        SafetensorsWriter.Write(folder["musiq.safetensors"], network.state_dict());
        await ImportAsync(folder["musiq.safetensors"], "musiq");
        using var metrics = await OpenAsync("musiq");
        var musiq = Assert.Single(metrics.OfPictures);

        Assert.False(musiq.NeedsReference);
        var score = musiq.Measure(SampleScene.Draw(80, 60), null);
        Assert.InRange(score, 1, 10);
        Assert.NotEqual(score, musiq.Measure(Noise(100), null));
    }

    [Fact]
    public async Task Niqe_Noise_IsWorseThanNone()
    {
        using var metrics = await OpenAsync("niqe");
        var niqe = Assert.Single(metrics.OfPictures);
        var clean = SampleScene.Draw(192, 192);

        Assert.False(niqe.NeedsReference);
        Assert.True(niqe.Measure(SampleDegradation.AddNoise(clean, 25, 1), null) > niqe.Measure(clean, null) + 2);
        Assert.Equal(double.NaN, niqe.Measure(SampleScene.Draw(95, 200), null));
    }

    [Fact]
    public async Task Import_TorchvisionInception_IsRefusedWithTheRightFile()
    {
        using var scope = NewDisposeScope();
        var path = folder["inception_v3_google.safetensors"];
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["Mixed_7c.branch_pool.conv.weight"] = zeros(192, 2048, 1, 1), ["fc.bias"] = zeros(1000) });
        var error = await Assert.ThrowsAsync<InvalidCheckpointException>(() => ImportAsync(path, "inception"));
        Assert.Contains("1000 classes", error.Message, StringComparison.Ordinal);
        Assert.Contains("pt_inception-2015-12-05-6726825d.pth", error.Message, StringComparison.Ordinal);
    }

    private Task<MetricSet> OpenAsync(string name) => MetricSet.OpenAsync([name], checkpoints, CPU, TestContext.Current.CancellationToken);

    // torchvision's file with its classifier and the heads' own, or lpips' state dictionary with everything.
    private async Task ImportLpipsAsync(bool isOneFile)
    {
        using var scope = NewDisposeScope();
        using var backbone = RuleNumbers.Fill(TorchvisionFeatures.AlexNet());
        using var heads = RuleNumbers.Fill(new LpipsHeads(TorchvisionFeatures.AlexNetChannels));
        var features = backbone.state_dict();
        var whole = heads.state_dict();
        if (isOneFile)
        {
            foreach (var (name, tensor) in features)
                whole.Add($"net.slice{SliceOf(name)}.{name["features.".Length..]}", tensor);
            for (var stage = 0; stage < LpipsHeads.StageCount; stage++)
                whole.Add($"lins.{stage}.model.1.weight", whole[$"lin{stage}.model.1.weight"]);
            whole.Add("scaling_layer.shift", zeros(1, 3, 1, 1));
            whole.Add("scaling_layer.scale", ones(1, 3, 1, 1));
        }
        else
        {
            features.Add("classifier.1.weight", zeros(2, 2));
            SafetensorsWriter.Write(folder["alexnet.safetensors"], features);
            await ImportAsync(folder["alexnet.safetensors"], "alexnet");
        }

        SafetensorsWriter.Write(folder["lpips.safetensors"], whole);
        await ImportAsync(folder["lpips.safetensors"], "lpips");
    }

    private static int SliceOf(string name) => int.Parse(name.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture) switch { 0 => 1, 3 => 2, 6 => 3, 8 => 4, _ => 5 };

    private async Task ImportAsync(string path, string name) =>
        await new CheckpointImporter(checkpoints.Store, TimeProvider.System).ImportAsync(new CheckpointImport(path, name), cancellationToken: TestContext.Current.CancellationToken);

    private static PlanarImage Noise(int key)
    {
        var picture = new PlanarImage(88, 72);
        for (var i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = (float)RuleNumbers.Uniform(key, i);
        return EightBit(picture);
    }

    private static PlanarImage EightBit(PlanarImage picture)
    {
        for (var i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = MathF.Round(picture.Pixels[i] * 255) / 255;
        return picture;
    }
}
