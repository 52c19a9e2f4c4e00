using System.ClientModel;
using Darkroom.Imaging;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;
using OpenAI;
using OpenAI.Images;

namespace Darkroom.Tests.Gateway;

/// <summary>OpenAI's own .NET client, pointed at the gateway.</summary>
public sealed class OpenAiTests(IdentityApp app) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task Edit_Prompt_RefinesThePicture()
    {
        var client = Client(IdentityApp.Acme);
        using var picture = TestPictures.Png();

        var edited = await client.GenerateImageEditAsync(picture, "picture.png", "it is too dark");

        var result = new Imaging.Codecs.ImageDecoder(new ImagingOptions()).Decode(edited.Value.ImageBytes.ToArray());
        Assert.Equal((24, 16), (result.Width, result.Height));
        Assert.True(result.Pixels.Average() > TestPictures.Slope().Pixels.Average());
        Assert.Contains(app.Log.Instructions, instruction => instruction.Text.Contains("it is too dark", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_Mask_ChangesWhatIsTransparentOnly()
    {
        var client = Client(IdentityApp.Acme);
        using var picture = TestPictures.Png();
        var drawn = TestPictures.Slope();
        drawn.Alpha = new float[drawn.Width * drawn.Height];
        for (var i = 0; i < drawn.Alpha.Length; i++)
            drawn.Alpha[i] = i % drawn.Width < 12 ? 1 : 0;
        using var mask = TestPictures.Png(drawn);

        var edited = await client.GenerateImageEditAsync(picture, "picture.png", "brighter", mask, "mask.png");

        var result = new Imaging.Codecs.ImageDecoder(new ImagingOptions()).Decode(edited.Value.ImageBytes.ToArray());
        var source = TestPictures.Slope();
        Assert.Equal(source.Row(0, 8)[..12].ToArray(), result.Row(0, 8)[..12].ToArray());
        Assert.True(result.Row(0, 8)[23] > source.Row(0, 8)[23]);
    }

    [Fact]
    public async Task Edit_SeveralByUrl_DifferBySeed()
    {
        var client = Client(IdentityApp.Acme);
        using var picture = TestPictures.Png();

        var edited = await client.GenerateImageEditsAsync(picture, "picture.png", "<restore>", 2, new ImageEditOptions { ResponseFormat = GeneratedImageFormat.Uri });

        var addresses = edited.Value.Select(one => one.ImageUri).ToList();
        Assert.Equal(2, addresses.Distinct().Count());
        using var http = app.As(IdentityApp.Acme);
        using var response = await http.GetAsync(addresses[0]);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("dk_wrong", 401)]
    [InlineData(IdentityApp.Acme, 422)]
    public async Task Edit_ThatIsRefused_IsTheClientsException(string key, int status)
    {
        using var file = new MemoryStream("no picture"u8.ToArray());

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(key).GenerateImageEditAsync(file, "picture.png", "brighter"));

        Assert.Equal(status, error.Status);
    }

    private ImageClient Client(string key)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(app.Address, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) };
        return new ImageClient("gpt-image-1", new ApiKeyCredential(key), options);
    }
}
