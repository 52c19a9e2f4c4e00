using System.Text.Json;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary><c>restore</c> from end to end, as a process of its own with the checkpoint that ships.</summary>
public sealed class RestoreTests : IDisposable
{
    private static readonly ImageDecoder Decoder = new(new ImagingOptions());

    private readonly TestFolder folder = new();

    public RestoreTests() => Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restore_WithoutPhoto_ImprovesItsSample()
    {
        var report = await RestoreAsync();
        Assert.True(report.GetProperty("psnrAfter").GetDouble() > report.GetProperty("psnrBefore").GetDouble());
        Assert.Equal(["out", "out/sample.png", "out/sample.restored.png", "out/sample.sheet.png"], folder.Names);
    }

    [Theory]
    [InlineData("photo.jpg", false, 8, false)]
    [InlineData("photo.png", true, 16, true)]
    [InlineData("photo.tif", false, 16, false)]
    [InlineData("photo.webp", false, 8, true)]
    public async Task Restore_Photo_KeepsFormatDepthGreyAndAlpha(string name, bool isGrey, int bitDepth, bool hasAlpha)
    {
        ImageEncoder.EncodeFile(TestPictures.Random(40, 30, isGrey, bitDepth, hasAlpha), folder[name]);
        await RestoreAsync(name);
        var result = Decoder.Decode(File.ReadAllBytes(folder[Path.ChangeExtension(name, null) + ".restored" + Path.GetExtension(name)]));
        Assert.Equal((40, 30, isGrey, bitDepth, hasAlpha), (result.Width, result.Height, result.IsGrey, result.BitDepth, result.Alpha is not null));
    }

    [Fact]
    public async Task Restore_WrongExtension_IsReadAndNamedByItsContent()
    {
        folder.Write("photo.jpg", ImageEncoder.Encode(TestPictures.Smooth(40, 30), ImageFormat.Png));
        await RestoreAsync("photo.jpg");
        Assert.Equal(["photo.jpg", "photo.restored.png", "photo.sheet.png"], folder.Names);
    }

    [Fact]
    public async Task Restore_Output_GivesNameFormatAndSheet()
    {
        WritePhoto();
        await RestoreAsync("photo.png", "-o", "fine.webp");
        Assert.Equal(["fine.sheet.png", "fine.webp", "photo.png"], folder.Names);
    }

    [Fact]
    public async Task Restore_StrengthZero_GivesTheFileBack()
    {
        WritePhoto();
        await RestoreAsync("photo.png", "--strength", "0");
        Assert.Equal(File.ReadAllBytes(folder["photo.png"]), File.ReadAllBytes(folder["photo.restored.png"]));
    }

    [Fact]
    public async Task Restore_Instruction_SteersTheRun()
    {
        WritePhoto();
        var report = await RestoreAsync("photo.png", "--instruction", "much brighter please");
        Assert.Equal("<refine> much brighter please", report.GetProperty("message").GetString());
        Assert.Equal("much brighter please", report.GetProperty("instruction").GetString());
    }

    [Fact]
    public async Task Restore_Twice_GivesTheSamePicture()
    {
        WritePhoto();
        await RestoreAsync("photo.png", "-o", "a.png");
        await RestoreAsync("photo.png", "-o", "b.png");
        Assert.Equal(File.ReadAllBytes(folder["a.png"]), File.ReadAllBytes(folder["b.png"]));
    }

    [Fact]
    public async Task Restore_VlmImiWithoutACheckpoint_TakesTheOneThatShipsInRoundsWithPreviews()
    {
        var dark = TestPictures.Smooth(48, 32);
        foreach (ref var value in dark.Pixels.AsSpan())
            value *= 0.15f;
        ImageEncoder.EncodeFile(dark, folder["photo.png"]);
        var report = await RestoreAsync("photo.png", "--pipeline", "vlm-imi", "--steps", "6", "--previews", "2", "--rounds", "2");
        Assert.StartsWith("vlm-imi-nano-", report.GetProperty("model").GetString(), StringComparison.Ordinal);
        Assert.InRange(report.GetProperty("rounds").GetArrayLength(), 1, 2);
        var previews = folder.Names.Where(name => name.StartsWith("photo.restored.preview", StringComparison.Ordinal)).ToList();
        Assert.InRange(previews.Count, 1, 6);
        Assert.All(previews, name => Assert.Equal((48, 32), SizeOf(name)));
        var restored = Decoder.Decode(File.ReadAllBytes(folder["photo.restored.png"]));
        Assert.InRange(restored.Pixels.Average(), 2 * dark.Pixels.Average(), 1);

        (int, int) SizeOf(string name) => Decoder.Decode(File.ReadAllBytes(folder[name])) is var picture ? (picture.Width, picture.Height) : default;
    }

    [Fact]
    public async Task Restore_Interrupted_StopsWithoutAFile()
    {
        ImageEncoder.EncodeFile(TestPictures.Smooth(2000, 1500), folder["photo.jpg"]);
        var interrupted = await CommandLineProcess.InterruptAsync(folder, "restoring", "restore", "photo.jpg");
        Assert.Equal(130, interrupted.ExitCode);
        Assert.Equal("darkroom: Stopped.", interrupted.Error.TrimEnd().Split('\n')[^1]);
        Assert.Equal(["photo.jpg"], folder.Names);
    }

    private void WritePhoto() => ImageEncoder.EncodeFile(TestPictures.Smooth(40, 30), folder["photo.png"]);

    private async Task<JsonElement> RestoreAsync(params string[] arguments)
    {
        var result = await CommandLineProcess.DarkroomAsync(folder, ["restore", "--json", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
