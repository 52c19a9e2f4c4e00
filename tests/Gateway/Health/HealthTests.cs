using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Health;

/// <summary>A gateway whose device soon counts as hanging, with a management port.</summary>
public sealed class WatchedApp : GatewayApp
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [new("Device:HangTimeout", "00:00:01"), new("Management:HungLimit", "00:00:01"), new("Management:DrainDelay", "00:01:00"), new("Management:GracePeriod", "00:05:00")];
}

public sealed class HealthTests(WatchedApp app) : IClassFixture<WatchedApp>
{
    [Theory]
    [InlineData("live")]
    [InlineData("startup")]
    public async Task Running_IsFine(string probe) => await app.Http.GetAsync($"/healthz/{probe}").JsonAsync();

    [Fact]
    public async Task Ready_SaysWhatWasLookedAt()
    {
        var answer = await ProbeAsync("ready", 200);

        Assert.Equal(["blob", "cluster", "device"], answer["checks"]!.AsObject().Select(check => check.Key).Order());
    }

    [Fact]
    public async Task BlobStore_ThatFails_IsNotReadyButLives()
    {
        app.Blobs.Before = (_, name) =>
        {
            if (name.StartsWith("health/", StringComparison.Ordinal))
                throw app.Blobs.Fail(name);
        };
        try
        {
            var answer = await ProbeAsync("ready", 503);

            Assert.Equal(("failing", "ok"), ((string?)answer["checks"]!["blob"], (string?)answer["checks"]!["device"]));
            // Why is for the log.
            Assert.DoesNotContain("broke", answer.ToJsonString(), StringComparison.Ordinal);
            await ProbeAsync("live", 200);
        }
        finally
        {
            app.Blobs.Before = null;
        }

        await ProbeAsync("ready", 200);
    }

    [Fact]
    public async Task Device_ThatHangs_IsNotReadyAndAtLastDoesNotLive()
    {
        var pause = app.Log.PauseAt(row => row.Seed == 63);
        try
        {
            await app.Http.SayAsync(await app.Http.OpenAsync(), "<restore>", new { seed = 63 }).JsonAsync();
            await pause.ReachedAsync();

            Assert.Equal("failing", (string?)(await ProbeAsync("ready", 503))["checks"]!["device"]);
            await ProbeAsync("live", 503);
        }
        finally
        {
            pause.End();
        }

        await ProbeAsync("live", 200);
        await ProbeAsync("ready", 200);
    }

    // What is looked at is looked at again after a second.
    private async Task<JsonNode> ProbeAsync(string probe, int status)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var response = await app.Http.GetAsync($"/healthz/{probe}", timeout.Token);
            if ((int)response.StatusCode == status)
                return (await response.Content.ReadFromJsonAsync<JsonNode>(timeout.Token))!;
            await Task.Delay(TimeSpan.FromSeconds(0.1), timeout.Token);
        }
    }
}
