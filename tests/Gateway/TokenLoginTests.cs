using System.Net.Http.Json;
using Darkroom.Gateway;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;
using Microsoft.Extensions.Options;

namespace Darkroom.Tests.Gateway;

public sealed class TokenLoginTests(IdentityApp app) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task How_ToAnybody_NamesTheIssuerAndTheClient()
    {
        var how = await app.Http.GetAsync("/v1/login").JsonAsync();

        Assert.True((bool)how["takesKeys"]!);
        Assert.Equal((app.Issuer.Address, "darkroom-page", "openid profile"), ((string?)how["openId"]!["issuer"], (string?)how["openId"]!["clientId"], (string?)how["openId"]!["scope"]));
    }

    [Fact]
    public async Task Policy_OfThePage_AllowsTheIssuersOriginAndNoOther()
    {
        using var page = await app.Http.GetAsync("/");
        using var api = await app.Http.GetAsync("/v1/login");

        Assert.Contains($"connect-src 'self' {app.Issuer.Address};", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("http", api.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_BecomesACookie_ThatNeedsTheAntiforgeryToken()
    {
        using var page = await SignedInAsync(app.Issuer.Claims("acme", DateTimeOffset.UtcNow));

        var me = await page.GetAsync("/v1/me").JsonAsync();

        Assert.Equal(("acme", "user", "Cookie", "anna"), ((string?)me["account"], (string?)me["role"], (string?)me["login"], (string?)me["name"]));
        using (var form = GatewayTalk.Form(TestPictures.Png().ToArray()))
            await page.PostAsync("/v1/sessions", form).ProblemAsync(403, "antiforgery");
        page.DefaultRequestHeaders.Add("X-Darkroom-Antiforgery", (string)me["antiforgeryToken"]!);
        await page.OpenAsync();
        using (var signedOut = await page.PostAsync("/v1/logout", null))
            Assert.Equal(204, (int)signedOut.StatusCode);
        await page.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task Cookie_OfAnOperatorsToken_IsAnOperators()
    {
        var claims = app.Issuer.Claims("ops", DateTimeOffset.UtcNow);
        claims["roles"] = new[] { "darkroom-operator" };
        using var page = await SignedInAsync(claims);

        await page.GetAsync("/v1/cluster").JsonAsync();
    }

    [Fact]
    public async Task Cookie_EndsWithItsToken()
    {
        var claims = app.Issuer.Claims("acme", DateTimeOffset.UtcNow);
        // Near its end, and taken until ten seconds after it, since clocks may differ; the cookie ends with the token.
        var end = DateTimeOffset.UtcNow.AddSeconds(3);
        claims["exp"] = end.ToUnixTimeSeconds();

        using var page = await SignedInAsync(claims);
        while (DateTimeOffset.UtcNow < end)
            await Task.Delay(end - DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);

        await page.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
    }

    [Theory]
    [InlineData("a key", 400, "invalid-request")]
    [InlineData("nothing", 401, "unauthorized")]
    [InlineData("not signed", 401, "unauthorized")]
    [InlineData("no tenant", 403, "forbidden")]
    public async Task Login_WithoutAGoodToken_IsRefused(string what, int status, string code)
    {
        var claims = app.Issuer.Claims("acme", DateTimeOffset.UtcNow);
        if (what == "no tenant")
            claims.Remove("tenant");
        using var http = app.As(what switch
        {
            "a key" => IdentityApp.Acme,
            "nothing" => null,
            _ => app.Issuer.Sign(claims, what == "not signed" ? "none" : "RS256"),
        });

        await http.PostAsync("/v1/login/token", null).ProblemAsync(status, code);
    }

    [Fact]
    public async Task Login_FromAnotherSitesPage_IsRefused()
    {
        using var http = app.As(app.Issuer.Sign(app.Issuer.Claims("acme", DateTimeOffset.UtcNow)));
        http.DefaultRequestHeaders.Add("Origin", app.Issuer.Address);

        await http.PostAsync("/v1/login/token", null).ProblemAsync(403, "cross-site");
    }

    [Theory]
    [InlineData("--Identity:ClientId=page", "Identity:Authority")]
    [InlineData("--Identity:Authority=login.example", "Identity:Authority")]
    public void Start_WithAnIssuerThatIsNone_IsRefused(string setting, string named)
    {
        var error = Assert.Throws<OptionsValidationException>(() => GatewayHost.Build(["--port", "0", "--Identity:Audience=darkroom", setting]));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private async Task<HttpClient> SignedInAsync(Dictionary<string, object> claims)
    {
        var page = app.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/login/token");
        request.Headers.Authorization = new("Bearer", app.Issuer.Sign(claims));
        using var answer = await page.SendAsync(request);
        Assert.Equal(204, (int)answer.StatusCode);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase));
        return page;
    }
}
