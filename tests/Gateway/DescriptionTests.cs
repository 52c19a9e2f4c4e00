using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

public sealed class DescriptionTests(GatewayApp app) : IClassFixture<GatewayApp>
{
    [Fact]
    public async Task OpenApi_EveryRoute_IsDescribed()
    {
        var document = await app.Http.GetAsync("/openapi/v1.json").JsonAsync();

        var paths = document["paths"]!.AsObject();
        foreach (var route in (string[])["/v1/sessions", "/v1/sessions/{session}/messages", "/v1/sessions/{session}/events", "/v1/runs/{run}", "/v1/images/{hash}", "/v1/cluster"])
            Assert.True(paths.ContainsKey(route), $"{route} is not described");
        Assert.Contains("Opens a session", paths["/v1/sessions"]!["post"]!["summary"]?.ToString() ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_Operator_SeesSilosAndDevices()
    {
        var cluster = await app.Http.GetAsync("/v1/cluster").JsonAsync();

        Assert.Equal("cpu:0", (string?)cluster["silos"]![0]!["devices"]![0]!["device"]);
    }

    [Fact]
    public async Task Me_Local_IsTheMachinesOwner()
    {
        var me = await app.Http.GetAsync("/v1/me").JsonAsync();

        Assert.Equal(("local", "operator", "Local"), ((string?)me["account"], (string?)me["role"], (string?)me["login"]));
    }

    [Fact]
    public async Task Catalog_Lists_PipelinesAndCheckpoints()
    {
        var pipelines = await app.Http.GetAsync("/v1/pipelines").JsonAsync();
        var checkpoints = await app.Http.GetAsync("/v1/checkpoints").JsonAsync();

        Assert.Contains("vlm-imi", pipelines.AsArray().Select(one => (string?)one!["name"]));
        Assert.Contains(checkpoints.AsArray(), one => (string?)one!["name"] == "test" && (bool)one["isDefault"]!);
    }

    [Fact]
    public async Task Usage_AfterARun_CountsIt()
    {
        await app.Http.RestoreAsync(await app.Http.OpenAsync());

        var usage = await app.Http.GetAsync("/v1/usage").JsonAsync();

        Assert.Equal(1, (int)usage["status"]!["today"]!["images"]!);
    }

    [Fact]
    public async Task UnknownRoute_IsAProblem() => await app.Http.GetAsync("/v1/nothing").ProblemAsync(404, "not-found");
}
