using System.Text.Json.Nodes;
using Darkroom.Silo.Operator;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>Silos with the operator, and the API server that it speaks to.</summary>
internal sealed class OperatorCluster : IAsyncDisposable
{
    public const string Space = "team-a";
    public const string Tenant = "acme";

    private readonly string tokenFile;

    private OperatorCluster(DarkroomTestCluster silos, ApiServerStub api, string tokenFile, StepLog log) =>
        (Silos, Api, this.tokenFile, Log) = (silos, api, tokenFile, log);

    public DarkroomTestCluster Silos { get; }

    public ApiServerStub Api { get; }

    public StepLog Log { get; }

    public static async Task<OperatorCluster> StartAsync(
        short silos = 1, Action<OperatorOptions>? options = null, Action<IServiceCollection>? configure = null, Func<ApiServerStub, Task>? before = null)
    {
        var api = await ApiServerStub.StartAsync();
        if (before is not null)
            await before(api);
        var tokenFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(tokenFile, "first\n");
        var log = new StepLog();
        var cluster = await DarkroomTestCluster.StartAsync(silos, log: log, configure: services =>
        {
            services.AddSingleton(provider => new TenantIndex(provider.GetRequiredService<IBlobStore>()));
            services.AddDarkroomOperator();
            services.PostConfigure<OperatorOptions>(set =>
            {
                set.Enabled = true;
                set.ApiServer = api.Address;
                set.TokenFile = tokenFile;
                set.Tenants = new Dictionary<string, string> { [Space] = Tenant, ["team-b"] = "globex" };
                set.LeaseDuration = TimeSpan.FromSeconds(20);
                set.PollPeriod = TimeSpan.FromMilliseconds(20);
                set.ResidencyPeriod = TimeSpan.FromMilliseconds(50);
                set.RetryDelay = TimeSpan.FromMilliseconds(20);
                set.MaxRetryDelay = TimeSpan.FromMilliseconds(200);
                options?.Invoke(set);
            });
            configure?.Invoke(services);
        });
        return new OperatorCluster(cluster, api, tokenFile, log);
    }

    /// <summary>Replaces the token, as Kubernetes does; the old one is refused from then on.</summary>
    public async Task RotateTokenAsync(string token)
    {
        await File.WriteAllTextAsync(tokenFile, token);
        Api.Tokens[token] = 0;
        foreach (var old in Api.Tokens.Keys.Where(key => key != token))
            Api.Tokens.TryRemove(old, out _);
    }

    /// <summary>Stores a picture under a name of a tenant.</summary>
    public async Task UploadAsync(string name, string tenant = Tenant, byte[]? picture = null) =>
        await Silos.Blobs.WriteBytesAsync($"uploads/{tenant}/{name}", picture ?? TestPictures.Png().ToArray());

    public static JsonObject Job(string name, string spec) => (JsonObject)JsonNode.Parse(
        $$"""{"apiVersion":"darkroom.dev/v1alpha1","kind":"RestorationJob","metadata":{"name":"{{name}}"},"spec":{{spec}}}""")!;

    public JsonObject CreateJob(string name, string spec = """{"images":{"prefix":"in/"}}""", string space = Space) => Api.Store.Create("restorationjobs", space, Job(name, spec));

    public JsonObject GetJob(string name, string space = Space) => Api.Store.Get("restorationjobs", space, name);

    public static string Phase(JsonObject resource) => resource["status"]?["phase"] is JsonValue phase ? phase.ToString() : string.Empty;

    /// <summary>Finds a condition of a resource as <c>Status/Reason</c>.</summary>
    public static string Condition(JsonObject resource, string type) => resource["status"]?["conditions"]?.AsArray()
        .Where(condition => (string)condition!["type"]! == type).Select(condition => $"{condition!["status"]}/{condition["reason"]}").SingleOrDefault() ?? string.Empty;

    public Task<JsonObject> UntilAsync(string name, Func<JsonObject, bool> condition, string what, string space = Space) =>
        UntilAsync(() => GetJob(name, space), condition, what);

    public Task<JsonObject> UntilModelAsync(string name, Func<JsonObject, bool> condition, string what) =>
        UntilAsync(() => Api.Store.Get("restorationmodels", null, name), condition, what);

    private static async Task<JsonObject> UntilAsync(Func<JsonObject> get, Func<JsonObject, bool> condition, string what)
    {
        var last = new JsonObject();
        await Patiently.TrueAsync(() => condition(last = get()), () => $"{what}; the resource is {last.ToJsonString()}");
        return last;
    }

    public Task<JsonObject> UntilPhaseAsync(string name, string phase, string space = Space) => UntilAsync(name, job => Phase(job) == phase, $"{name} is {phase}", space);

    /// <summary>Counts the jobs of a tenant.</summary>
    public async Task<int> CountJobsAsync(string tenant = Tenant) => (await new TenantIndex(Silos.Blobs).ListNewestAsync(tenant, TenantIndex.Jobs)).Count;

    /// <summary>Gets the silo whose operator leads; null for none.</summary>
    public string? Leader() => Silos.Silos.Where(silo => silo.IsActive && silo.ServiceProvider.GetRequiredService<OperatorHost>().Leadership?.IsLeading == true).Select(silo => silo.Name).SingleOrDefault();

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await Api.DisposeAsync();
        File.Delete(tokenFile);
    }
}
