using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Unit;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>The examples of docs/operator.md, sent to the stub as kubectl would.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Examples_Each_IsTakenAndTheJobsRun()
    {
        await using var cluster = await OperatorCluster.StartAsync();
        foreach (var name in new[] { "holiday/1.png", "holiday/2.png", "portraits/anna.png", "portraits/ben.png", "scans/1.png" })
            await cluster.UploadAsync(name);
        using var http = new HttpClient { BaseAddress = cluster.Api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "first");
        var applied = 0;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(StubSchema.Folder, "examples"), "*.yaml").Order(StringComparer.Ordinal))
        {
            foreach (var resource in StubSchema.Yaml(path))
            {
                var kind = (string)resource["kind"]! == "RestorationJob" ? $"namespaces/{resource["metadata"]!["namespace"]}/restorationjobs" : "restorationmodels";
                using var answer = await http.PostAsync($"apis/{resource["apiVersion"]}/{kind}", new StringContent(resource.ToJsonString(), Encoding.UTF8, "application/json"));
                Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{path}: {await answer.Content.ReadAsStringAsync()}");
                applied++;
            }
        }

        var holiday = await cluster.UntilPhaseAsync("holiday", "Complete");
        await cluster.UntilPhaseAsync("scans", "Complete");
        Assert.True(await cluster.Silos.Blobs.ExistsAsync("uploads/acme/restored/scans/1.png"));
        await cluster.UntilPhaseAsync("portraits", "Suspended");
        cluster.Api.Store.Patch("restorationjobs", OperatorCluster.Space, "portraits", (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"spec":{"suspend":false}}""")!, isStatus: false);
        await cluster.UntilPhaseAsync("portraits", "Complete");

        Assert.Equal(4, applied);
        Assert.Equal("2/2", (string)holiday["status"]!["progress"]!);
    }

    [Fact]
    public void Documentation_NamesEveryExampleAndOption()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "operator.md"));
        foreach (var path in Directory.EnumerateFiles(Path.Combine(StubSchema.Folder, "examples")))
            Assert.Contains($"k8s/operator/examples/{Path.GetFileName(path)}", text, StringComparison.Ordinal);
        foreach (var option in typeof(Darkroom.Silo.Operator.OperatorOptions).GetProperties())
            Assert.Contains($"`{option.Name}`", text, StringComparison.Ordinal);
    }
}
