using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>What cannot be used gives one line that says why, exit code 2, and nothing on the disk.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("text.jpg", "is not an image")]
    [InlineData("empty.png", "empty")]
    [InlineData("truncated.png", "truncated")]
    [InlineData("truncated.jpg", "truncated")]
    [InlineData("zero.png", "0 x 0")]
    [InlineData("huge.png", "at most 100,000,000 are allowed")]
    [InlineData("missing.png", "There is no file")]
    [InlineData("folder", "is a folder")]
    public async Task Restore_UnusablePhoto_SaysWhy(string name, string cause)
    {
        MakePhoto(name);
        await AssertRefusedAsync(cause, "restore", name);
    }

    [Theory]
    [InlineData("--output", "no/such/folder/out.png", "there is no folder")]
    [InlineData("--output", "/proc/out.png", "cannot be written")]
    [InlineData("--output", "folder", "is a folder")]
    [InlineData("--output", "out.bmp", "allowed are .jpg")]
    [InlineData("--output", "photo.png", "is the photograph itself")]
    [InlineData("--output", "locked.png", "is read-only")]
    [InlineData("--strength", "1.5", "allowed are numbers from 0 to 1")]
    [InlineData("--strength", "-0.1", "allowed are numbers from 0 to 1")]
    [InlineData("--strength", "0,5", "allowed are numbers from 0 to 1")]
    [InlineData("--strength", "NaN", "allowed are numbers from 0 to 1")]
    [InlineData("--seed", "-1", "allowed are integers from 0 to 18446744073709551615")]
    [InlineData("--seed", "half", "allowed are integers from 0 to 18446744073709551615")]
    [InlineData("--box", "1,2", "four integers")]
    [InlineData("--box", "0,0,0,9", "at least 1 x 1")]
    [InlineData("--box", "5000,0,10,10", "no pixel of the picture")]
    [InlineData("--mask", "missing.png", "There is no file")]
    [InlineData("--mask", "small.png", "so must the mask")]
    [InlineData("--feather", "3", "give --mask or --box")]
    [InlineData("--feather", "-1", "allowed are integers from 0 to 1024")]
    [InlineData("--model", "missing.safetensors", "There is no checkpoint")]
    [InlineData("--model", "photo.png", "only safetensors are read")]
    [InlineData("--data", "/proc/data", "data folder")]
    [InlineData("--such", "thing", "--such")]
    public async Task Restore_UnusableOption_SaysWhy(string option, string value, string cause)
    {
        MakePhoto("photo.png");
        MakePhoto("folder");
        MakePhoto("locked.png");
        File.SetAttributes(folder["locked.png"], FileAttributes.ReadOnly);
        MakePhoto(value);
        await AssertRefusedAsync(cause, "restore", "photo.png", option, value);
    }

    [Theory]
    [InlineData("header-beyond-file")]
    [InlineData("overlapping")]
    [InlineData("out-of-range")]
    [InlineData("huge-shape")]
    [InlineData("duplicate-key")]
    [InlineData("other-network")]
    public async Task Restore_HostileCheckpoint_SaysWhy(string kind)
    {
        MakePhoto("photo.png");
        folder.Write("model.safetensors", HostileCheckpoints.Make(kind));
        await AssertRefusedAsync("model", "restore", "photo.png", "--model", "model.safetensors");
    }

    [Theory]
    [InlineData("missing.png", "There is no file")]
    [InlineData("truncated.png", "truncated")]
    public async Task Chat_UnusablePhoto_SaysWhy(string name, string cause)
    {
        MakePhoto(name);
        await AssertRefusedAsync(cause, "chat", name);
    }

    [Fact]
    public async Task NoCommand_SaysWhatIsMissing() => await AssertRefusedAsync("--help");

    [Fact]
    public async Task Help_NamesTheExitCodes()
    {
        var result = await CommandLineProcess.DarkroomAsync(folder, "restore", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("2 bad input", result.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string cause, params string[] arguments)
    {
        var before = folder.Names.ToList();
        var result = await CommandLineProcess.DarkroomAsync(folder, arguments);
        Assert.Contains(cause, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        var lines = result.Error.TrimEnd('\n').Split('\n').Where(line => !IsProgress(line)).ToList();
        Assert.Single(lines);
        Assert.StartsWith("darkroom: ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Names);
    }

    private static bool IsProgress(string line) => line.Contains('%', StringComparison.Ordinal) && !line.StartsWith("darkroom:", StringComparison.Ordinal);

    private void MakePhoto(string name)
    {
        var picture = TestPictures.Smooth(40, 30);
        switch (name)
        {
            case "text.jpg":
                folder.Write(name, "A thousand words."u8);
                break;
            case "empty.png":
                folder.Write(name, []);
                break;
            case "truncated.png" or "truncated.jpg":
                var file = ImageEncoder.Encode(picture, ImageFormats.FromPath(name));
                folder.Write(name, file.AsSpan(0, file.Length / 2));
                break;
            case "zero.png":
                folder.Write(name, new PngBuilder(0, 0, 8, 2).Rows().Build());
                break;
            case "huge.png":
                folder.Write(name, new PngBuilder(50_000, 50_000, 8, 2).Rows().Build());
                break;
            case "folder":
                Directory.CreateDirectory(folder[name]);
                break;
            case "small.png":
                folder.Write(name, ImageEncoder.Encode(TestPictures.Smooth(3, 2), ImageFormat.Png));
                break;
            case "photo.png" or "locked.png":
                folder.Write(name, ImageEncoder.Encode(picture, ImageFormat.Png));
                break;
        }
    }
}
