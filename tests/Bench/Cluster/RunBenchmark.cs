using System.Diagnostics;
using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Client;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Imaging.Tiles;
using Darkroom.Models.Pipelines;
using Darkroom.Silo;
using Darkroom.Storage;
using Darkroom.Storage.LocalFolder;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Bench.Cluster;

/// <summary>A 512 x 512 restoration through session, run and model grain, blob to blob, and what of it is not the network.</summary>
internal sealed class RunBenchmark : IBenchmark
{
    private const int Side = 512;
    // After 30 calls the runtime compiles a method a second time, for speed.
    private const int WarmUps = 30;
    private const int Repetitions = 25;
    private const double MaxSeconds = 2;
    private const double MaxOverheadSeconds = 0.020;
    private const string Words = "<refine> less noise";   // no describer, which is a second network

    public string Name => "run";

    public string Description => "512 x 512 through the grains: time, and overhead over the network's forward pass";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        ShippedModel.Require();
        var picture = BenchPictures.Draw(Side, Side);
        var file = ImageEncoder.Encode(picture, ImageFormat.Png, EncodeSettings.Intermediate);

        // As the command line runs it; and with every write waiting for the disk, which is the disk's time.
        var (whole, network) = await MeasureAsync(file, isFlushed: false, cancellationToken);
        await ReportAsync(table, whole, network, file);
        var (flushedWhole, flushedNetwork) = await MeasureAsync(file, isFlushed: true, cancellationToken);
        table.Add("grain path with every write flushed to disk", Samples.Format(Overhead(flushedWhole, flushedNetwork).Median), string.Empty, null, $"{Overhead(flushedWhole, flushedNetwork)} a run");
    }

    private static async Task<(Samples Whole, Samples Network)> MeasureAsync(byte[] file, bool isFlushed, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            var options = new EmbeddedClusterOptions
            {
                DataFolder = folder,
                WeightsFolder = Path.GetDirectoryName(ShippedModel.Require()),
                Configure = builder => builder.Configuration[$"{BlobStoreOptions.SectionName}:{nameof(BlobStoreOptions.FlushToDisk)}"] = isFlushed.ToString(),
            };
            await using var cluster = await EmbeddedCluster.StartAsync(options, cancellationToken);
            var client = new DarkroomClient(cluster.Client, cluster.Contents, "bench");
            var hash = await client.UploadAsync(new MemoryStream(file), cancellationToken);
            using var forward = new ForwardMeter();
            var (whole, network) = (new List<double>(), new List<double>());
            for (var i = -WarmUps; i < Repetitions; i++)
            {
                // A session of its own: a second run of a session restores the first one's result.
                var session = await client.OpenSessionAsync(hash, cancellationToken: cancellationToken);
                forward.Reset();
                var start = Stopwatch.GetTimestamp();
                var reply = await session.RestoreAsync(Words, cancellationToken: cancellationToken);
                var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (reply.Run is not { Stage: RunStage.Completed })
                    throw new InvalidOperationException($"The run did not complete: {reply.Run?.Error?.Message ?? reply.Reply.Answer}");
                if (i < 0)
                    continue;
                whole.Add(elapsed);
                network.Add(forward.Seconds);
            }

            return (new Samples(whole), new Samples(network));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Samples Overhead(Samples whole, Samples network) => new([.. whole.Seconds.Zip(network.Seconds, (all, forward) => all - forward)]);

    private static async Task ReportAsync(BenchmarkTable table, Samples whole, Samples network, byte[] file)
    {
        var decoder = new ImageDecoder(new ImagingOptions());
        var picture = decoder.Decode(file);
        var decode = await Measure.AloneAsync(WarmUps, Repetitions, () => Task.FromResult(decoder.Decode(file)));
        var encode = await Measure.AloneAsync(WarmUps, Repetitions, () => Task.FromResult(ImageEncoder.Encode(picture, ImageFormat.Png, EncodeSettings.Intermediate)));
        var prepare = await PrepareAloneAsync(picture);
        var blobs = await StoreAloneAsync(file);
        var tiles = await TilesAloneAsync(picture);
        var overhead = Overhead(whole, network);
        table.Add(
            "restore 512 x 512 after start", Samples.Format(whole.Median), $"<= {MaxSeconds.ToString(CultureInfo.InvariantCulture)} s", whole.Median <= MaxSeconds,
            $"{whole} (min / median / max), message to stored result, {Environment.ProcessorCount} threads");
        table.Add(
            "grain path: everything but the forward pass", Samples.Format(overhead.Median), $"<= {Samples.Format(MaxOverheadSeconds)}", overhead.Median <= MaxOverheadSeconds,
            $"{overhead} a run; forward {Samples.Format(network.Median)}; of the overhead decode {Samples.Format(decode.Median)}, encode {Samples.Format(encode.Median)}, text encoder {Samples.Format(prepare.Median)}, picture stored and read {Samples.Format(blobs.Median)}, overview and tiles {Samples.Format(tiles.Median)}");
    }

    // A picture's file written under its hash and read again; each time another one.
    private static async Task<Samples> StoreAloneAsync(byte[] file)
    {
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            var store = new FolderBlobStore(Options.Create(new BlobStoreOptions { Folder = folder, FlushToDisk = false }));
            var contents = new ContentStore(store);
            var changed = (byte[])file.Clone();
            return await Measure.AloneAsync(WarmUps, Repetitions, async () =>
            {
                changed[^1]++;
                var put = await contents.PutAsync(changed);
                await using var content = await contents.OpenAsync(put.Hash, verify: true);
                await content.Stream.ReadExactlyAsync(new byte[changed.Length]);
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Samples> TilesAloneAsync(PlanarImage picture)
    {
        using var model = PipelineLoader.Load(ShippedModel.Require(), CPU);
        var profile = model.Pipeline.Profile;
        return await Measure.AloneAsync(WarmUps, Repetitions, () =>
        {
            Resampler.Fit(picture, profile.OverviewSize);
            var plan = TilePlan.Create(picture.Width, picture.Height, profile.TileSize, profile.TileOverlap, profile.SizeMultiple);
            var blender = new TileBlender(plan, picture);
            foreach (var tile in plan.Tiles)
                blender.Add(tile, picture.ReadTile(tile.X, tile.Y, tile.Width, tile.Height));
            blender.Finish();
            return Task.CompletedTask;
        });
    }

    // The network's part before the first step: words and overview to conditioning.
    private static async Task<Samples> PrepareAloneAsync(PlanarImage picture)
    {
        using var model = PipelineLoader.Load(ShippedModel.Require(), CPU);
        using var guard = inference_mode(true);
        using var scope = NewDisposeScope();
        var overview = Resampler.Fit(picture, model.Pipeline.Profile.OverviewSize);
        var pixels = tensor(overview.ReadTile(0, 0, overview.Width, overview.Height), [1, 3, overview.Height, overview.Width]);
        return await Measure.AloneAsync(WarmUps, Repetitions, () =>
        {
            model.Pipeline.Prepare(pixels, new Instruction(InstructionKind.Refine, "less noise"), new RunSettings()).Dispose();
            return Task.CompletedTask;
        });
    }
}
