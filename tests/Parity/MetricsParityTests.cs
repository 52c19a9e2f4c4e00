using System.Buffers.Binary;
using System.Text.Json;
using Darkroom.Imaging;
using Darkroom.Imaging.Metrics;
using Xunit;

namespace Darkroom.Tests.Parity;

/// <summary>The metrics against scikit-image, MATLAB's SSIM and BasicSR's NIQE (fixture <c>metrics</c>).</summary>
public sealed class MetricsParityTests
{
    private readonly Dictionary<string, double> expected = [];
    private readonly Dictionary<string, (int[] Shape, byte[] Data)> tensors = [];
    private readonly double tolerance;
    private readonly double niqeTolerance;

    public MetricsParityTests()
    {
        var folder = FindFixture();
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json")));
        foreach (var value in meta.RootElement.GetProperty("expected").EnumerateObject())
            expected[value.Name] = value.Value.GetDouble();
        tolerance = meta.RootElement.GetProperty("tolerance").GetProperty("atol").GetDouble();
        niqeTolerance = meta.RootElement.GetProperty("tolerance").GetProperty("niqe_atol").GetDouble();
        ReadTensors(File.ReadAllBytes(Path.Combine(folder, "io.safetensors")));
    }

    [Theory]
    [InlineData("psnr_rgb_u8", MeasuredPlanes.Channels8)]
    [InlineData("psnr_rgb_float01", MeasuredPlanes.Channels)]
    [InlineData("psnr_gray", MeasuredPlanes.Luma)]
    [InlineData("psnr_y601", MeasuredPlanes.StudioLuma)]
    public void Psnr_Fixture_EqualsReference(string name, MeasuredPlanes planes) =>
        AssertClose(name, Psnr.Compute(Picture("a"), Picture("b"), planes), tolerance);

    [Theory]
    [InlineData("ssim_rgb_default_win7_uniform", MeasuredPlanes.Channels8, SsimWindow.Uniform7)]
    [InlineData("ssim_rgb_gauss_sigma1.5_samplecov_false", MeasuredPlanes.Channels8, SsimWindow.Gaussian11)]
    [InlineData("ssim_rgb_float01_gauss", MeasuredPlanes.Channels, SsimWindow.Gaussian11)]
    [InlineData("ssim_gray_gauss", MeasuredPlanes.Luma, SsimWindow.Gaussian11)]
    [InlineData("ssim_y601_matlab11_valid", MeasuredPlanes.StudioLuma, SsimWindow.Gaussian11)]
    [InlineData("ssim_rgb_matlab11_valid_channelmean", MeasuredPlanes.Channels8, SsimWindow.Gaussian11)]
    public void Ssim_Fixture_EqualsReference(string name, MeasuredPlanes planes, SsimWindow window) =>
        AssertClose(name, Ssim.Compute(Picture("a"), Picture("b"), planes, window), tolerance);

    [Theory]
    [InlineData("niqe_basicsr_y", "niqe_image")]
    [InlineData("niqe_basicsr_y_noisy", "niqe_image_noisy")]
    public void Niqe_Fixture_EqualsReference(string name, string image)
    {
        var niqe = new Niqe([.. Matrix("niqe.mu_pris_param").Cast<double>()], Matrix("niqe.cov_pris_param"), Matrix("niqe.gaussian_window"));
        AssertClose(name, niqe.Compute(Picture(image)), niqeTolerance);
    }

    private void AssertClose(string name, double actual, double allowed)
    {
        ParityReport.Add("metrics", name, Math.Abs(actual - expected[name]), allowed, Math.Abs(expected[name]));
        Assert.Equal(expected[name], actual, allowed);
    }

    private PlanarImage Picture(string name)
    {
        var (shape, data) = tensors[name];   // [H, W, 3] uint8
        var picture = new PlanarImage(shape[1], shape[0]);
        for (var i = 0; i < data.Length; i++)
            picture.Plane(i % 3)[i / 3] = data[i] / 255f;
        return picture;
    }

    private double[,] Matrix(string name)
    {
        var (shape, data) = tensors[name];
        var matrix = new double[shape[0], shape[1]];
        Buffer.BlockCopy(data, 0, matrix, 0, data.Length);
        return matrix;
    }

    private void ReadTensors(byte[] file)
    {
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        foreach (var tensor in header.RootElement.EnumerateObject().Where(t => t.Name != "__metadata__"))
        {
            var offsets = tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32()).ToArray();
            var shape = tensor.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ToArray();
            tensors[tensor.Name] = (shape, file[(8 + headerLength + offsets[0])..(8 + headerLength + offsets[1])]);
        }
    }

    private static string FindFixture()
    {
        var root = Environment.GetEnvironmentVariable("DARKROOM_FIXTURES");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); root is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                root = Path.Combine(folder.Parent!.FullName, "shared", "fixtures");
        }

        var fixture = Path.Combine(root ?? "", "metrics");
        Assert.SkipUnless(Directory.Exists(fixture), $"The fixture folder '{fixture}' is absent (DARKROOM_FIXTURES names another).");
        return fixture;
    }
}
