using System.Net;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

/// <summary>A gateway that takes few requests.</summary>
public sealed class SlowRateApp : GatewayApp
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Rate:RequestsPerSecond", "1"), new("Rate:Burst", "3"), new("Rate:Streams", "1")];
}

public sealed class RateTests(SlowRateApp app) : IClassFixture<SlowRateApp>
{
    [Fact]
    public async Task Requests_TooMany_Are429WithTheTimeToWait()
    {
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 50 && refused is null; i++)
        {
            var response = await app.Http.GetAsync("/v1/me");
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                refused = response;
            else
                response.Dispose();
        }

        Assert.NotNull(refused);
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        await Task.FromResult(refused).ProblemAsync(429, "too-many-requests");
    }
}
