using System.Globalization;
using Darkroom.Bench.Harness;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Bench.Imaging;

/// <summary>Decoding and encoding of pictures.</summary>
internal sealed class CodecBenchmark : IBenchmark
{
    private const int WarmUps = 1;
    private const int Repetitions = 5;

    public string Name => "codec";

    public string Description => "decode and encode PNG and JPEG";

    public async Task RunAsync(BenchmarkTable table, CancellationToken cancellationToken)
    {
        var decoder = new ImageDecoder(new ImagingOptions());
        foreach (var (width, height) in new[] { (512, 512), (4000, 3000) })
        {
            var picture = BenchPictures.Draw(width, height);
            var formats = new (string Name, ImageFormat Format, EncodeSettings Settings)[]
            {
                ("PNG (fast, as between grains)", ImageFormat.Png, EncodeSettings.Intermediate),
                ("PNG (balanced)", ImageFormat.Png, EncodeSettings.Default),
                ("JPEG", ImageFormat.Jpeg, EncodeSettings.Default),
            };
            foreach (var (name, format, settings) in formats)
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] file = [];
                var encode = await Measure.AloneAsync(WarmUps, Repetitions, () =>
                {
                    file = ImageEncoder.Encode(picture, format, settings);
                    return Task.CompletedTask;
                });
                var decode = await Measure.AloneAsync(WarmUps, Repetitions, () =>
                {
                    decoder.Decode(file);
                    return Task.CompletedTask;
                });
                table.Add(
                    $"codec: {name}, {width} x {height}", $"decode {Samples.Format(decode.Median)}, encode {Samples.Format(encode.Median)}", string.Empty, null,
                    string.Create(CultureInfo.InvariantCulture, $"{file.Length / 1e6:F2} MB; medians of {Repetitions}"));
            }
        }
    }
}
