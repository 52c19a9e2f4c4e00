using System.ComponentModel.DataAnnotations;
using Darkroom.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Imaging;

public sealed class ImagingOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumentedAndValid()
    {
        var options = new ImagingOptions();
        Assert.Equal((100_000_000, 536_870_912), (options.MaxPixelCount, options.MaxFileSizeBytes));
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
    }

    [Theory]
    [InlineData(0, 1000, nameof(ImagingOptions.MaxPixelCount))]
    [InlineData(700_000_001, 1000, nameof(ImagingOptions.MaxPixelCount))]
    [InlineData(1000, 0, nameof(ImagingOptions.MaxFileSizeBytes))]
    [InlineData(1000, 2_000_000_001, nameof(ImagingOptions.MaxFileSizeBytes))]
    public void Validate_ValueOutOfRange_NamesTheKey(int pixelCount, int fileSize, string key)
    {
        var options = new ImagingOptions { MaxPixelCount = pixelCount, MaxFileSizeBytes = fileSize };
        var e = Assert.Throws<ValidationException>(() => Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true));
        Assert.Contains(key, e.Message, StringComparison.Ordinal);
    }
}
