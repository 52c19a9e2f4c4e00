using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

public sealed class ImageTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    private readonly HttpClient http = app.Http;

    [Fact]
    public async Task Upload_Body_ComesBackByItsHashForEver()
    {
        var file = TestPictures.Png().ToArray();

        var image = await UploadAsync(file);

        using var response = await http.GetAsync($"/v1/images/{image}");
        Assert.Equal(file, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{image}\"", response.Headers.ETag?.Tag);
        Assert.Contains("immutable", response.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/v1/images/{image}");
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{image}\""));
        using var unchanged = await http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData(10, 19, 10, 19)]
    [InlineData(100, null, 100, -1)]
    [InlineData(null, 5, -5, -1)]
    public async Task Get_Range_GivesThosebytes(int? from, int? to, int start, int end)
    {
        var file = TestPictures.Png().ToArray();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/images/{await UploadAsync(file)}");
        request.Headers.Range = new RangeHeaderValue(from, to);

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        var first = start < 0 ? file.Length + start : start;
        var last = end < 0 ? file.Length + end : end;
        Assert.Equal(file[first..(last + 1)], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_Width_GivesTheNextLargerSizeOnce()
    {
        var hash = await UploadAsync(TestPictures.Png(TestPictures.Slope(400, 300)).ToArray());

        using var small = await http.GetAsync($"/v1/images/{hash}?width=100");
        using var same = await http.GetAsync($"/v1/images/{hash}?width=128");
        using var large = await http.GetAsync($"/v1/images/{hash}?width=4000");

        Assert.Equal("image/jpeg", small.Content.Headers.ContentType?.MediaType);
        var picture = new Imaging.Codecs.ImageDecoder(new Imaging.ImagingOptions()).Decode(await small.Content.ReadAsByteArrayAsync());
        Assert.Equal((128, 96), (picture.Width, picture.Height));
        Assert.Equal(small.Headers.ETag, same.Headers.ETag);
        Assert.Equal($"\"{hash}\"", large.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Get_FormatAndDepth_AreThoseAskedFor()
    {
        var hash = await UploadAsync(TestPictures.Png(TestPictures.Slope(40, 30)).ToArray());

        using var response = await http.GetAsync($"/v1/images/{hash}?format=tiff&depth=16&download=..%2F..%2Fholiday%22.tiff");

        Assert.Equal("image/tiff", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("holiday.tiff", response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var picture = new Imaging.Codecs.ImageDecoder(new Imaging.ImagingOptions()).Decode(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(16, picture.BitDepth);
        await http.GetAsync($"/v1/images/{hash}?format=jpeg&depth=16").ProblemAsync(400, "invalid-request");
        await http.GetAsync($"/v1/images/{hash}?format=exe").ProblemAsync(400, "invalid-request");
        await http.GetAsync($"/v1/images/{hash}?width=0").ProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task Get_HashThatIsStoredButNobodyUploaded_IsMissing()
    {
        using var bytes = new MemoryStream("the state of somebody's grain"u8.ToArray());
        var stored = await app.Contents.PutAsync(bytes);

        await http.GetAsync($"/v1/images/{stored.Hash}").ProblemAsync(404, "not-found");
        await http.GetAsync("/v1/images/..%2F..%2Fetc%2Fpasswd").ProblemAsync(404, "not-found");
        await http.GetAsync($"/v1/images/{new string('a', 64)}").ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Upload_NoPicture_LeavesNothingBehind()
    {
        using var html = new ByteArrayContent("<script>alert(1)</script>"u8.ToArray());
        html.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        await http.PostAsync("/v1/images", html).ProblemAsync(422, "invalid-image");

        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("<script>alert(1)</script>"u8));
        Assert.Null(await app.Contents.FindAsync(hash));
    }

    private async Task<string> UploadAsync(byte[] file)
    {
        using var body = new ByteArrayContent(file);
        body.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return (string)(await http.PostAsync("/v1/images", body).JsonAsync(201))["hash"]!;
    }
}
