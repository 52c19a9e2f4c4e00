using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Models.Pipelines;
using Darkroom.Silo;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Bench.Cluster;

/// <summary>A 512 x 512 restoration through session, run and model grain, blob to blob, and what of it is not the network.</summary>
internal sealed class RunBenchmark : IBenchmark
{
    private const int Side = 512;
    private const int WarmUps = 3;
    private const int Repetitions = 15;
    private const double MaxSeconds = 2;
    private const double MaxOverheadSeconds = 0.020;

    public string Name => "run";

    public string Description => "512 x 512 through the grains: time, and overhead over the network's forward pass";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var modelPath = ShippedModel.Require();
        var picture = BenchPictures.Draw(Side, Side);
        var file = ImageEncoder.Encode(picture, ImageFormat.Png, EncodeSettings.Intermediate);
        var decoded = new ImageDecoder(new ImagingOptions()).Decode(file);
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            await using var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions { DataFolder = folder, WeightsFolder = Path.GetDirectoryName(modelPath) }, cancellationToken);
            var client = new DarkroomClient(cluster.Client, cluster.Contents, "bench");
            var hash = await client.UploadAsync(new MemoryStream(file), cancellationToken);

            using var forward = new ForwardAlone(modelPath, decoded);
            var (whole, alone) = (new List<double>(), new List<double>());
            for (var i = -WarmUps; i < Repetitions; i++)
            {
                // A session of its own: a second run of a session restores the first one's result.
                var session = await client.OpenSessionAsync(hash, cancellationToken: cancellationToken);
                var start = Stopwatch.GetTimestamp();
                var reply = await session.RestoreAsync("<refine> less noise", cancellationToken: cancellationToken);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (reply.Run is not { Stage: RunStage.Completed })
                    throw new InvalidOperationException($"The run did not complete: {reply.Run?.Error?.Message ?? reply.Reply.Answer}");
                var network = forward.Run();
                if (i < 0)
                    continue;
                whole.Add(elapsed);
                alone.Add(network);
            }

            await ReportAsync(table, new Samples(whole), new Samples(alone), file, decoded);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReportAsync(BenchmarkTable table, Samples whole, Samples alone, byte[] file, PlanarImage picture)
    {
        var decoder = new ImageDecoder(new ImagingOptions());
        var decode = await Measure.AloneAsync(WarmUps, Repetitions, () => Task.FromResult(decoder.Decode(file)));
        var encode = await Measure.AloneAsync(WarmUps, Repetitions, () => Task.FromResult(ImageEncoder.Encode(picture, ImageFormat.Png, EncodeSettings.Intermediate)));
        var overhead = whole.Median - alone.Median;
        table.Add(
            "restore 512 x 512 after start", Samples.Format(whole.Median), $"<= {MaxSeconds.ToString(CultureInfo.InvariantCulture)} s", whole.Median <= MaxSeconds,
            $"{whole} (min / median / max), message to stored result, {Environment.ProcessorCount} threads");
        table.Add(
            "grain path: everything but the forward pass", Samples.Format(overhead), $"<= {Samples.Format(MaxOverheadSeconds)}", overhead <= MaxOverheadSeconds,
            $"{Samples.Format(whole.Median)} - {Samples.Format(alone.Median)} forward; of it decode {Samples.Format(decode.Median)}, encode {Samples.Format(encode.Median)}");
    }

    /// <summary>The same pixels through the same pipeline, and nothing else.</summary>
    private sealed class ForwardAlone : IDisposable
    {
        private readonly LoadedModel model;
        private readonly Tensor pixels;
        private readonly Tensor overview;

        public ForwardAlone(string modelPath, PlanarImage picture)
        {
            model = PipelineLoader.Load(modelPath, CPU);
            pixels = ToTensor(picture).DetachFromDisposeScope();
            overview = ToTensor(Resampler.Fit(picture, model.Pipeline.Profile.OverviewSize)).DetachFromDisposeScope();
        }

        public double Run()
        {
            set_num_threads(Environment.ProcessorCount);
            using var guard = inference_mode(true);
            using var scope = NewDisposeScope();
            var start = Stopwatch.GetTimestamp();
            var settings = new RunSettings();
            using var conditioning = model.Pipeline.Prepare(overview, new Instruction(InstructionKind.Refine, "less noise"), settings);
            var context = new StepContext(conditioning, 0, model.Pipeline.CountSteps(settings), 0, 0);
            var latent = model.Pipeline.Encode(pixels, context);
            for (var step = 0; step < context.StepCount; step++)
                latent = model.Pipeline.Step(latent, [context with { Step = step }]);
            model.Pipeline.Finish(latent);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Dispose()
        {
            pixels.Dispose();
            overview.Dispose();
            model.Dispose();
        }

        private static Tensor ToTensor(PlanarImage picture)
        {
            var result = empty([1, 3, picture.Height, picture.Width], dtype: ScalarType.Float32);
            MemoryMarshal.AsBytes(picture.ReadTile(0, 0, picture.Width, picture.Height).AsSpan()).CopyTo(result.bytes);
            return result;
        }
    }
}
