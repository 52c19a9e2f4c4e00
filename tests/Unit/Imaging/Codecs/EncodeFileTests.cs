using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging.Codecs;

public sealed class EncodeFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a.jpg", ImageFormat.Jpeg)]
    [InlineData("a.JPEG", ImageFormat.Jpeg)]
    [InlineData("a.b.Png", ImageFormat.Png)]
    [InlineData("a.webp", ImageFormat.Webp)]
    [InlineData("a.tif", ImageFormat.Tiff)]
    public async Task EncodeFile_Extension_GivesTheFormat(string name, ImageFormat format)
    {
        var path = Path.Combine(folder, name);
        ImageEncoder.EncodeFile(TestPictures.Smooth(20, 10), path);

        var header = new ImageDecoder(new ImagingOptions()).Identify(await File.ReadAllBytesAsync(path));

        Assert.Equal((format, 20, 10), (header.Format, header.Width, header.Height));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("a.bmp")]
    [InlineData("noextension")]
    public void EncodeFile_OtherExtension_NamesTheAllowed(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => ImageEncoder.EncodeFile(TestPictures.Smooth(4, 4), Path.Combine(folder, name)));
        Assert.Contains(".png", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void EncodeFile_TargetIsAFolder_LeavesNothingBehind()
    {
        var path = Path.Combine(folder, "taken.png");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => ImageEncoder.EncodeFile(TestPictures.Smooth(4, 4), path));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void EncodeFile_MissingFolder_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => ImageEncoder.EncodeFile(TestPictures.Smooth(4, 4), Path.Combine(folder, "none", "a.png")));

    [Fact]
    public void EncodeFile_ExistingFile_IsReplaced()
    {
        var path = Path.Combine(folder, "a.png");
        File.WriteAllText(path, "old");
        ImageEncoder.EncodeFile(TestPictures.Smooth(4, 4), path);
        Assert.True(new FileInfo(path).Length > 3);
    }

    [Fact]
    public void Settings_Defaults_AreAsDocumented()
    {
        var settings = EncodeSettings.Default;
        Assert.Equal((null, 92, 90, PngCompression.Balanced), (settings.BitDepth, settings.JpegQuality, settings.WebpQuality, settings.PngCompression));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Settings_ImpossibleQuality_Throws(int quality)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EncodeSettings { JpegQuality = quality });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EncodeSettings { WebpQuality = quality });
        Assert.Throws<ArgumentOutOfRangeException>(() => new EncodeSettings { BitDepth = 12 });
    }
}
