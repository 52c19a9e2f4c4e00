using Darkroom.Models.Training.VlmImi;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training.VlmImi;

public sealed class LightCaptionTests
{
    [Theory]
    [InlineData(0.1, 0.1, 0.1, "dark")]
    [InlineData(0.3, 0.3, 0.3, "dim")]
    [InlineData(0.45, 0.45, 0.45, "well lit")]
    [InlineData(0.9, 0.9, 0.9, "very bright")]
    public void Describe_NamesTheBrightness(double red, double green, double blue, string word)
    {
        using var picture = Picture(red, green, blue);
        Assert.All(Enumerable.Range(0, 12), seed => Assert.Contains(word, LightCaption.Describe(picture, new Random(seed)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.6, 0.5, 0.4, "warm")]
    [InlineData(0.4, 0.5, 0.6, "cool")]
    public void Describe_NamesTheLight(double red, double green, double blue, string word)
    {
        using var picture = Picture(red, green, blue);
        var captions = Enumerable.Range(0, 12).Select(seed => LightCaption.Describe(picture, new Random(seed))).ToList();
        Assert.Contains(captions, caption => caption.Contains(word, StringComparison.Ordinal));
        Assert.DoesNotContain(captions, caption => caption.Contains("neutral", StringComparison.Ordinal));
    }

    [Fact]
    public void Draw_MixesNoCaptionTheDescribersSentencesAndItsOwn()
    {
        using var picture = Picture(0.5, 0.5, 0.5);
        var captions = Enumerable.Range(0, 200).Select(seed => LightCaption.Draw(picture, 5, emptyShare: 0.1, new Random(seed))).ToList();
        Assert.InRange(captions.Count(caption => caption.Length == 0), 8, 40);
        Assert.Contains(captions, caption => caption.StartsWith("The image is dark. No rain", StringComparison.Ordinal));
        Assert.Contains(captions, caption => caption.StartsWith("The image is well lit. No rain", StringComparison.Ordinal));
        Assert.Contains(captions, caption => caption.Contains("neutral light", StringComparison.Ordinal));
        Assert.DoesNotContain(Enumerable.Range(0, 50), seed => LightCaption.Draw(picture, 5, emptyShare: 0, new Random(seed)).Length == 0);
    }

    private static TorchSharp.torch.Tensor Picture(double red, double green, double blue) => tensor(new[] { (float)red, (float)green, (float)blue }).view(3, 1, 1).expand(3, 8, 8).clone();
}
