using Darkroom.Silo;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Operator.Support;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>The operator as a silo has it that reads its settings, with the model that ships.</summary>
public sealed class OperatorSettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-operator-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Silo_WithTheOperatorInItsSettings_DoesWhatTheResourceSays()
    {
        await using var api = await ApiServerStub.StartAsync();
        var token = Path.Combine(folder, "token");
        await File.WriteAllTextAsync(token, "first");
        await using var silo = await EmbeddedCluster.StartAsync(Options(
            ("Operator:Enabled", "true"),
            ("Operator:ApiServer", api.Address.ToString()),
            ("Operator:TokenFile", token),
            ("Operator:Tenants:team-a", "acme"),
            ("Operator:PollPeriod", "00:00:00.1"),
            ("Device:ProfileTime", "00:00:00")));
        await silo.Services.GetRequiredService<IBlobStore>().WriteBytesAsync("uploads/acme/in/1.png", TestPictures.Png().ToArray());

        api.Store.Create("restorationjobs", "team-a", OperatorCluster.Job("holiday", """{"images":{"prefix":"in/"},"results":{"prefix":"out/"},"settings":{"seed":7}}"""));
        await Patiently.TrueAsync(() => OperatorCluster.Phase(api.Store.Get("restorationjobs", "team-a", "holiday")) == "Complete", "the job is complete");

        Assert.True(await silo.Services.GetRequiredService<IBlobStore>().ExistsAsync("uploads/acme/out/in/1.png"));
    }

    [Theory]
    [InlineData("Operator:Tenants:team-a", "../globex", "Operator:Tenants")]
    [InlineData("Operator:ApiServer", "http://api.example", "Operator:ApiServer")]
    [InlineData("Operator:Workers", "0", "Workers")]
    [InlineData("Operator:LeaseDuration", "never", "LeaseDuration")]
    [InlineData("Operator:ApiServer", "", "KUBERNETES_SERVICE_HOST")]
    public async Task Silo_WithBadSettings_SaysSoAtTheStart(string name, string value, string reason)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null, "The tests run in a pod.");
        var error = await Assert.ThrowsAnyAsync<Exception>(() => EmbeddedCluster.StartAsync(Options(("Operator:Enabled", "true"), (name, value))));
        Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
    }

    private EmbeddedClusterOptions Options(params (string Name, string Value)[] settings) => new()
    {
        DataFolder = Path.Combine(folder, "blobs"),
        Threads = 1,
        Configure = builder => builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))),
    };
}
