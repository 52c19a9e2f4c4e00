using Darkroom.Models.Preprocessing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Preprocessing;

public sealed class EightBitImageTests
{
    [Theory]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void Resize_FlatPicture_StaysFlat(ResampleFilter filter)
    {
        using var scope = NewDisposeScope();
        var flat = full([7, 11, 3], 200, dtype: ScalarType.Byte);
        foreach (var (width, height) in new[] { (1, 1), (3, 20), (40, 2), (11, 7) })
        {
            var resized = EightBitImage.Resize(flat, width, height, filter);
            Assert.Equal([height, width, 3], resized.shape);
            Assert.All(resized.data<byte>().ToArray(), value => Assert.Equal(200, value));
        }
    }

    [Fact]
    public void FromUnit_ToUnit_RoundTripsEveryLevel()
    {
        using var scope = NewDisposeScope();
        var image = arange(256, dtype: ScalarType.Byte).view(16, 16, 1).expand(16, 16, 3).contiguous();
        var back = EightBitImage.FromUnit(EightBitImage.ToUnit(image));
        Assert.Equal(image.data<byte>().ToArray(), back.data<byte>().ToArray());
    }

    [Fact]
    public void ClipImageProcessor_AnyAspect_GivesASquare()
    {
        using var scope = NewDisposeScope();
        foreach (var (height, width) in new[] { (1, 1), (300, 7), (9, 64) })
            Assert.Equal([1, 3, 28, 28], ClipImageProcessor.Process(full([height, width, 3], 10, dtype: ScalarType.Byte), 28).shape);
    }

    [Fact]
    public void Resize_WrongInput_NamesWhatIsNeeded()
    {
        using var scope = NewDisposeScope();
        var image = full([4, 4, 3], 1, dtype: ScalarType.Byte);
        Assert.Contains("uint8", Assert.Throws<ArgumentException>(() => EightBitImage.Resize(ones(4, 4, 3), 2, 2, ResampleFilter.Bicubic)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EightBitImage.Resize(image, 0, 2, ResampleFilter.Bicubic));
        Assert.Throws<ArgumentException>(() => EightBitImage.Resize(image, 1 << 20, 1 << 20, ResampleFilter.Bicubic));
        Assert.Throws<ArgumentException>(() => EightBitImage.FromUnit(ones(2, 3, 4, 4)));
    }
}
