using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Storage;
using Darkroom.Tests.Gateway.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Gateway;

/// <summary>What operators do is noted, and only operators read it.</summary>
public sealed class AuditTests(IdentityApp app) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task Keys_MadeAndTakenBack_AreNoted()
    {
        using var boss = app.As(IdentityApp.Boss);
        var made = await boss.PostAsJsonAsync("/v1/keys", new { account = "noted", name = "laptop" }).JsonAsync(201);
        var (id, key) = ((string)made["id"]!, (string)made["key"]!);
        using (var gone = await boss.DeleteAsync($"/v1/keys/{id}"))
            Assert.Equal(204, (int)gone.StatusCode);
        await boss.DeleteAsync($"/v1/keys/{id}").ProblemAsync(404, "not-found");

        var entries = await ReadAsync(boss);

        Assert.Equal(["started", "succeeded"], Of(entries, "key.create", "laptop of noted (user)").Select(entry => (string?)entry["result"]));
        Assert.Equal(id, (string?)Of(entries, "key.create", "laptop of noted (user)")[1]["detail"]);
        Assert.Equal(["started", "succeeded", "started", "failed"], Of(entries, "key.revoke", id).Select(entry => (string?)entry["result"]));
        Assert.All(entries, entry => Assert.Equal(("ops", "boss", "127.0.0.1"), ((string?)entry["actor"]!["account"], (string?)entry["actor"]!["name"], (string?)entry["actor"]!["origin"])));
        Assert.DoesNotContain(key, string.Concat(entries.Select(entry => entry.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_GoesOnWhereTheLastOneEnded()
    {
        using var boss = app.As(IdentityApp.Boss);
        for (var i = 0; i < 2; i++)
            await boss.PostAsJsonAsync("/v1/keys", new { account = "paged", name = $"k{i}" }).JsonAsync(201);
        var all = await ReadAsync(boss);

        var first = await boss.GetAsync("/v1/audit?limit=1").JsonAsync();
        var second = await boss.GetAsync($"/v1/audit?limit=1&after={first["next"]}").JsonAsync();

        Assert.Equal(all[0].ToJsonString(), first["entries"]![0]!.ToJsonString());
        Assert.Equal(all[1].ToJsonString(), second["entries"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task User_NeitherReadsNorWrites()
    {
        using var user = app.As(IdentityApp.Acme);

        await user.GetAsync("/v1/audit").ProblemAsync(403, "forbidden");
        await user.PostAsJsonAsync("/v1/keys", new { account = "acme", name = "mine", role = "operator" }).ProblemAsync(403, "forbidden");
        await app.Http.GetAsync("/v1/audit").ProblemAsync(401, "unauthorized");

        using var boss = app.As(IdentityApp.Boss);
        Assert.DoesNotContain(await ReadAsync(boss), entry => (string?)entry["actor"]!["account"] == "acme");
    }

    [Theory]
    [InlineData("day=yesterday")]
    [InlineData("day=2026-13-01")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    public async Task Query_Wrong_IsRefused(string query)
    {
        using var boss = app.As(IdentityApp.Boss);

        await boss.GetAsync($"/v1/audit?{query}").ProblemAsync(400, "invalid-request");
    }

    [Fact]
    public async Task CookieKeys_AreInTheStoreThatAllGatewaysShare()
    {
        using var page = app.NewClient();
        using (var login = await page.PostAsJsonAsync("/v1/login", new { key = IdentityApp.Acme }))
            Assert.Equal(204, (int)login.StatusCode);

        Assert.NotEmpty(await app.Services.GetRequiredService<IBlobStore>().ListAsync(Darkroom.Gateway.Identity.SharedKeys.Folder).ToListAsync());
    }

    private static async Task<List<JsonNode>> ReadAsync(HttpClient http) =>
        [.. (await http.GetAsync("/v1/audit?limit=1000").JsonAsync())["entries"]!.AsArray().Select(entry => entry!)];

    private static List<JsonNode> Of(IEnumerable<JsonNode> entries, string action, string subject) =>
        [.. entries.Where(entry => (string?)entry["action"] == action && (string?)entry["subject"] == subject)];
}
