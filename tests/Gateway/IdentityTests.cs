using System.Net.Http.Headers;
using System.Net.Http.Json;
using Darkroom.Gateway;
using Darkroom.Gateway.Identity;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway;

/// <summary>A gateway that asks who is there: two tenants with keys, an operator, and an issuer of tokens.</summary>
public sealed class IdentityApp : GatewayApp
{
    public const string Acme = "dk_acme", Other = "dk_other", Boss = "dk_boss";

    internal LocalIssuer Issuer { get; private set; } = null!;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        .. Key("acme", Acme, "acme", "user"), .. Key("other", Other, "other", "user"), .. Key("boss", Boss, "ops", "operator"),
        new("Identity:Authority", Issuer.Address), new("Identity:Audience", "darkroom"), new("Identity:ClientId", "darkroom-page"), new("Identity:RequireHttps", "false"), new("Identity:ClockSkew", "00:00:10"),
    ];

    public override async ValueTask InitializeAsync()
    {
        Issuer = await LocalIssuer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Issuer.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public HttpClient As(string? credential)
    {
        var client = NewClient();
        if (credential is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return client;
    }

    private static KeyValuePair<string, string?>[] Key(string name, string secret, string tenant, string role) =>
    [
        new($"Identity:Keys:{name}:Sha256", KeyStore.HashOf(secret)), new($"Identity:Keys:{name}:Tenant", tenant), new($"Identity:Keys:{name}:Role", role),
    ];
}

public sealed class IdentityTests(IdentityApp app) : IClassFixture<IdentityApp>
{
    [Theory]
    [InlineData(null)]
    [InlineData("dk_nobody")]
    [InlineData("not.a.token")]
    [InlineData("x")]
    public async Task Call_WithoutAGoodCredential_Is401(string? credential)
    {
        using var http = app.As(credential);

        using var response = await http.GetAsync("/v1/sessions");

        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        await Task.FromResult(response).ProblemAsync(401, "unauthorized");
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData(IdentityApp.Acme, 403)]
    [InlineData(IdentityApp.Boss, 200)]
    public async Task Metrics_AreForOperators(string? credential, int status)
    {
        using var http = app.As(credential);

        using var response = await http.GetAsync("/metrics");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Key_SaysWhoTheCallerIs()
    {
        using var http = app.As(IdentityApp.Acme);

        var me = await http.GetAsync("/v1/me").JsonAsync();

        Assert.Equal(("acme", "user", "Key"), ((string?)me["account"], (string?)me["role"], (string?)me["login"]));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Token_OfTheIssuer_SaysWhoTheCallerIs(string algorithm)
    {
        using var http = app.As(app.Issuer.Sign(app.Issuer.Claims("acme", DateTimeOffset.UtcNow), algorithm));

        var me = await http.GetAsync("/v1/me").JsonAsync();

        Assert.Equal(("acme", "user", "Bearer", "anna"), ((string?)me["account"], (string?)me["role"], (string?)me["login"], (string?)me["name"]));
    }

    [Fact]
    public async Task Token_WithTheOperatorsRole_SeesTheCluster()
    {
        var claims = app.Issuer.Claims("ops", DateTimeOffset.UtcNow);
        claims["roles"] = new[] { "reader", "darkroom-operator" };
        using var http = app.As(app.Issuer.Sign(claims));

        await http.GetAsync("/v1/cluster").JsonAsync();
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("not yet")]
    [InlineData("no end")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("no audience")]
    public async Task Token_ThatIsWrong_Is401(string fault)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = app.Issuer.Claims("acme", now);
        switch (fault)
        {
            case "expired": claims["exp"] = now.AddMinutes(-1).ToUnixTimeSeconds(); break;
            case "not yet": claims["nbf"] = now.AddMinutes(1).ToUnixTimeSeconds(); break;
            case "no end": claims.Remove("exp"); break;
            case "issuer": claims["iss"] = "https://elsewhere.example"; break;
            case "audience": claims["aud"] = "another"; break;
            default: claims.Remove("aud"); break;
        }

        using var http = app.As(app.Issuer.Sign(claims));

        await http.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("../acme")]
    [InlineData("")]
    public async Task Token_WithoutATenant_IsNobodys(string? tenant)
    {
        var claims = app.Issuer.Claims("acme", DateTimeOffset.UtcNow);
        claims.Remove("tenant");
        if (tenant is not null)
            claims["tenant"] = tenant;
        using var http = app.As(app.Issuer.Sign(claims));

        await http.GetAsync("/v1/me").ProblemAsync(403, "forbidden");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("another key")]
    [InlineData("changed")]
    public async Task Token_ThatTheIssuerDidNotSign_Is401(string how)
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var claims = app.Issuer.Claims("acme", DateTimeOffset.UtcNow);
        var token = how == "another key" ? app.Issuer.Sign(claims, rsa: rsa) : app.Issuer.Sign(claims, how == "changed" ? "RS256" : how);
        if (how == "changed")
        {
            claims["tenant"] = "other";
            token = $"{token.Split('.')[0]}.{app.Issuer.Sign(claims).Split('.')[1]}.{token.Split('.')[2]}";
        }

        using var http = app.As(token);

        await http.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task AnothersThings_AreAsIfTheyWereNotThere()
    {
        using var mine = app.As(IdentityApp.Acme);
        using var theirs = app.As(IdentityApp.Other);
        var session = await mine.OpenAsync();
        var version = await mine.RestoreAsync(session);
        var image = (string)(await mine.GetAsync($"/v1/sessions/{session}").JsonAsync())["currentImage"]!["hash"]!;
        var run = (string)(await mine.GetAsync($"/v1/sessions/{session}/versions").JsonAsync())["versions"]![1]!["runId"]!;

        foreach (var path in (string[])[$"/v1/sessions/{session}", $"/v1/sessions/{session}/events", $"/v1/sessions/{session}/versions", $"/v1/runs/{run}", $"/v1/runs/{run}/events", $"/v1/images/{image}", $"/v1/images/{image}?width=64"])
        {
            var missing = await theirs.GetAsync(path.Replace(session, "missing", StringComparison.Ordinal).Replace(run, "missing", StringComparison.Ordinal).Replace(image, new string('0', 64), StringComparison.Ordinal)).ProblemAsync(404, "not-found");
            var other = await theirs.GetAsync(path).ProblemAsync(404, "not-found");
            Assert.Equal((string?)missing["title"], (string?)other["title"]);
            await mine.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).ContinueWith(answer => Assert.True(answer.Result.IsSuccessStatusCode), TaskScheduler.Default);
        }

        await theirs.SayAsync(session, "hello").ProblemAsync(404, "not-found");
        await theirs.PostAsync($"/v1/runs/{run}/cancel", null).ProblemAsync(404, "not-found");
        await theirs.PostAsJsonAsync("/v1/sessions", new { imageHash = image }).ProblemAsync(404, "not-found");
        await theirs.PostAsJsonAsync("/v1/runs", new { imageHash = image }).ProblemAsync(404, "not-found");
        Assert.Equal("v1", version);
        Assert.Empty((await theirs.GetAsync("/v1/sessions").JsonAsync())["sessions"]!.AsArray());
        using (await theirs.DeleteAsync($"/v1/sessions/{session}"))
            await mine.GetAsync($"/v1/sessions/{session}").JsonAsync();
    }

    [Theory]
    [InlineData("/v1/sessions/acme%2Fsecret")]
    [InlineData("/v1/sessions/..%2Facme")]
    [InlineData("/v1/runs/acme%2Fx")]
    public async Task Tenant_InAPath_IsRefused(string path)
    {
        using var http = app.As(IdentityApp.Other);

        using var response = await http.GetAsync(path);

        Assert.Contains((int)response.StatusCode, (int[])[400, 404]);
    }

    [Theory]
    [InlineData("X-Tenant")]
    [InlineData("X-Forwarded-User")]
    public async Task Tenant_InAHeaderOrQuery_IsIgnored(string header)
    {
        using var http = app.As(IdentityApp.Other);
        http.DefaultRequestHeaders.Add(header, "acme");

        var me = await http.GetAsync("/v1/me?tenant=acme&account=acme").JsonAsync();

        Assert.Equal("other", (string?)me["account"]);
    }

    [Fact]
    public async Task User_DoesNotSeeTheCluster()
    {
        using var http = app.As(IdentityApp.Acme);

        await http.GetAsync("/v1/cluster").ProblemAsync(403, "forbidden");
        await http.GetAsync("/v1/keys").ProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task Keys_OperatorMakesAndTakesBack_CookieGoesWithIt()
    {
        using var boss = app.As(IdentityApp.Boss);
        var made = await boss.PostAsJsonAsync("/v1/keys", new { account = "new-one", name = "laptop" }).JsonAsync(201);
        using var http = app.As((string)made["key"]!);
        Assert.Equal("new-one", (string?)(await http.GetAsync("/v1/me").JsonAsync())["account"]);
        Assert.DoesNotContain((string)made["key"]!, (await boss.GetAsync("/v1/keys").JsonAsync()).ToJsonString(), StringComparison.Ordinal);

        using var page = app.NewClient();
        using (var login = await page.PostAsJsonAsync("/v1/login", new { key = (string)made["key"]! }))
            Assert.Contains("httponly", login.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        var me = await page.GetAsync("/v1/me").JsonAsync();
        Assert.Equal(("new-one", "Cookie"), ((string?)me["account"], (string?)me["login"]));

        // A cookie goes with whatever a browser sends: it needs the token beside it.
        using (var form = GatewayTalk.Form(TestPictures.Png().ToArray()))
            await page.PostAsync("/v1/sessions", form).ProblemAsync(403, "antiforgery");
        page.DefaultRequestHeaders.Add("X-Darkroom-Antiforgery", (string)me["antiforgeryToken"]!);
        using (var form = GatewayTalk.Form(TestPictures.Png().ToArray()))
            await page.PostAsync("/v1/sessions", form).JsonAsync(201);

        using (var revoked = await boss.DeleteAsync($"/v1/keys/{made["id"]}"))
            Assert.Equal(204, (int)revoked.StatusCode);
        await http.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
        await page.GetAsync("/v1/me").ProblemAsync(401, "unauthorized");
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public void Start_OnOtherAddressesWithoutIdentity_IsRefused(string address)
    {
        var error = Assert.Throws<GatewayStartException>(() => GatewayHost.Build(["--address", address, "--port", "0"]));

        Assert.Contains("Identity", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithFurtherAddressesOfTheServerAndNoIdentity_IsRefused()
    {
        var error = Assert.Throws<GatewayStartException>(() => GatewayHost.Build(["--port", "0", "--Kestrel:Endpoints:Other:Url=http://0.0.0.0:0"]));

        Assert.Contains("Kestrel:Endpoints", error.Message, StringComparison.Ordinal);
    }
}
