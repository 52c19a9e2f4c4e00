using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Contracts.Errors;
using Darkroom.Silo.Operator;
using Darkroom.Silo.Operator.Jobs;
using Darkroom.Silo.Operator.Kubernetes;
using Xunit;

namespace Darkroom.Tests.Unit.Silo;

public sealed class KubernetesJsonTests
{
    [Fact]
    public void List_WithAResourceThatIsNestedDeeply_IsRead()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 900)) + "1" + new string('}', 900);
        var page = JsonSerializer.Deserialize<ResourcePage>($$$"""{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"},"spec":{{{deep}}} },{"metadata":{"name":"b"}}]}""", KubernetesJson.Options)!;

        Assert.Equal(["a", "b"], page.Items.Select(item => item.Metadata.Name));
        Assert.NotNull(SpecReader.Read<RestorationJobSpec>(page.Items[0].Spec));
        Assert.Throws<InvalidRequestException>(() => SpecReader.Read<RestorationJobSpec>(page.Items[1].Spec));
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"c":"x"},"d":[1]}""", """{"a":1,"b":{"c":"x"},"d":[1]}""", true)]
    [InlineData("""{"a":1,"b":{"c":"x","e":2}}""", """{"b":{"c":"x"}}""", true)]
    [InlineData("""{"a":1}""", """{"b":null}""", true)]
    [InlineData("""{"a":1}""", """{"a":null}""", false)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"d":[1,2]}""", """{"d":[1]}""", false)]
    [InlineData("""{"d":[1]}""", """{"d":[1],"e":{}}""", false)]
    [InlineData("7", """{"a":1}""", false)]
    public void Patch_ThatChangesNothing_IsSeen(string now, string patch, bool isNoChange)
    {
        using var document = JsonDocument.Parse(now);
        Assert.Equal(isNoChange, KubernetesJson.IsNoChange(document.RootElement, JsonNode.Parse(patch)));
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"5\"}}}\n{\"type\":\"BOOK", 1)]
    [InlineData("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"6\"}}}\n", 1)]
    [InlineData("{\"type\":\"LATER\",\"object\":{}}\n", 0)]
    [InlineData("", 0)]
    public async Task Watch_LinesWholeAndCut_AreReadAsFarAsTheyAreWhole(string text, int count)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Assert.Equal(count, (await ReadAsync(stream)).Count);
    }

    [Fact]
    public async Task Watch_TheServersError_IsToldWithItsCode()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}\n"));
        var error = await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(stream));
        Assert.True(error.IsGone);
        Assert.Contains("too old", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ALineWithoutEnd_IsRefused()
    {
        using var stream = new MemoryStream(new byte[WatchReader.MaxLineBytes + (1 << 20)]);
        await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(stream));
    }

    private static async Task<List<WatchEvent>> ReadAsync(Stream stream)
    {
        var events = new List<WatchEvent>();
        await foreach (var happened in WatchReader.ReadAsync(stream, default))
            events.Add(happened);
        return events;
    }
}
