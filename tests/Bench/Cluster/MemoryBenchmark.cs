using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Bench.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Bench.Cluster;

/// <summary>Peak memory of a large photograph.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const int Width = 4000;
    private const int Height = 3000;
    private const long MaxBytes = 2L << 30;

    public string Name => "memory";

    public string Description => "peak resident memory of a 12-megapixel JPEG, as a process of its own";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        ShippedModel.Require();
        var folder = Directory.CreateTempSubdirectory("darkroom-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "photo.jpg");
            ImageEncoder.EncodeFile(BenchPictures.Draw(Width, Height), path);
            var usage = await CommandProcess.RestoreAsync(folder, path);
            table.Add(
                "peak memory of a 12-megapixel JPEG", string.Create(CultureInfo.InvariantCulture, $"{usage.PeakBytes / (double)(1 << 20):F0} MiB"),
                "<= 2048 MiB", usage.PeakBytes <= MaxBytes, $"{Width} x {Height}, VmHWM of the process; {Samples.Format(usage.Seconds)} from start to end, {Environment.ProcessorCount} threads");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
