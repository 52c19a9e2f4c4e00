using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Darkroom.Gateway;
using Darkroom.Silo.Clustering;
using Darkroom.Silo.Secrets;
using Darkroom.Storage;
using Darkroom.Tests.Kubernetes.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>What the manifests set is what the programs read.</summary>
public sealed class SettingsTests
{
    private const string FakeConnection = "Host=db;Username=u;Password=p";

    /// <summary>Names that are no settings of the product, each with who reads it.</summary>
    private static readonly Dictionary<string, string> Foreign = new(StringComparer.Ordinal)
    {
        ["POD_NAME"] = "Orleans' Kubernetes hosting, telemetry",
        ["POD_NAMESPACE"] = "Orleans' Kubernetes hosting",
        ["POD_IP"] = "Orleans' Kubernetes hosting",
        ["ORLEANS_SERVICE_ID"] = "Orleans' Kubernetes hosting",
        ["ORLEANS_CLUSTER_ID"] = "Orleans' Kubernetes hosting",
        ["OTEL_SERVICE_NAME"] = "OpenTelemetry",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "ASP.NET Core's host",
        [SecretFiles.FolderKey] = "SecretFiles",
    };

    private static readonly Dictionary<string, Type> Sections = FindSections();

    public static TheoryData<string> Overlays => Kustomize.Overlays;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Setting_Each_IsBoundAndValid(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var workload in OurWorkloads(manifest))
        {
            var configuration = Read(manifest, workload);
            foreach (var section in configuration.GetChildren().Where(section => !Foreign.ContainsKey(section.Key)))
            {
                Assert.True(Sections.TryGetValue(section.Key, out var type), $"{workload} sets {section.Path}, which nothing reads");
                // An unknown name throws.
                var options = section.Get(type, binder => binder.ErrorOnUnknownConfiguration = true)!;
                Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Cluster_Workloads_FindEachOther(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var names = new HashSet<(string, string, ClusterProvider)>();
        foreach (var workload in OurWorkloads(manifest))
        {
            var cluster = SiloClustering.ReadOptions(Read(manifest, workload));
            Assert.True(cluster.IsClustered, $"{workload} is a cluster by itself");
            names.Add((cluster.ClusterId, cluster.ServiceId, cluster.Provider));
            if (!workload.Name.StartsWith("silo", StringComparison.Ordinal))
                continue;
            // Orleans' Kubernetes hosting reads the labels, and refuses others than the options'.
            Assert.Equal((cluster.ServiceId, cluster.ClusterId), (workload.PodLabels["orleans/serviceId"], workload.PodLabels["orleans/clusterId"]));
            Assert.True(cluster.Kubernetes);
            Assert.Contains(workload.Containers[^1]["ports"].Items, port => port["containerPort"].Text == $"{cluster.SiloPort}");
            Assert.Contains(workload.Containers[^1]["ports"].Items, port => port["containerPort"].Text == $"{cluster.GatewayPort}");
        }

        Assert.Single(names);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Gateway_IsAClientThatOthersReachAndKnows(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var gateway = manifest.Find("Deployment", "gateway")!;
        var configuration = Read(manifest, gateway);

        Assert.Equal(0, configuration.GetSection(GatewayOptions.SectionName).Get<GatewayOptions>()!.Silos);
        var listen = configuration.GetSection(ListenOptions.SectionName).Get<ListenOptions>()!;
        Assert.False(listen.IsLoopback);
        Assert.Equal(gateway.Containers[0]["ports"].Items[0]["containerPort"].Text, $"{listen.Port}");
        Assert.True(configuration.GetSection("Identity").GetValue<bool>("Required"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void BlobStore_EachWorkload_HasTheSame(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var stores = new HashSet<string>();
        foreach (var workload in OurWorkloads(manifest).Where(workload => workload.Kind != "Job"))
        {
            using var services = new ServiceCollection().AddSingleton(Read(manifest, workload)).AddDarkroomBlobStore().BuildServiceProvider();
            var options = services.GetRequiredService<IOptions<BlobStoreOptions>>().Value;   // validates
            Assert.Equal(BlobStoreKind.Azure, options.Kind);
            stores.Add($"{options.ServiceUri}{options.ConnectionString}{options.Container}");
        }

        Assert.Single(stores);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Secret_None_IsInTheEnvironment(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var container in manifest.Workloads.SelectMany(workload => workload.Containers))
        {
            Assert.DoesNotContain(container["envFrom"].Items, source => source["secretRef"].IsThere);
            Assert.DoesNotContain(container["env"].Items, variable => variable.At("valueFrom/secretKeyRef").IsThere);
            Assert.DoesNotContain(Settings.Of(manifest, container).Keys, name => name.Contains("ConnectionString", StringComparison.Ordinal) || name.Contains("ApiKey", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Foreign_Each_IsStillUsed()
    {
        var used = Kustomize.Overlays.SelectMany(row => OurWorkloads(Kustomize.Render(row.Data)).SelectMany(
            workload => workload.Containers.SelectMany(container => Settings.Of(Kustomize.Render(row.Data), container).Keys))).ToHashSet();

        Assert.Empty(Foreign.Keys.Except(used));
    }

    private static IEnumerable<Resource> OurWorkloads(Manifest manifest) =>
        manifest.Workloads.Where(workload => workload.Containers[^1]["image"].Text!.StartsWith("darkroom/", StringComparison.Ordinal));

    private static IConfiguration Read(Manifest manifest, Resource workload)
    {
        var settings = Settings.Of(manifest, workload.Containers[^1]);
        var folder = settings[SecretFiles.FolderKey];
        var files = Settings.Files(manifest, workload, folder);
        // The operator's own secret, which is not among the manifests, has these.
        if (files.Count == 0)
        {
            Assert.Contains(workload.Containers[^1]["volumeMounts"].Items, mount => mount["mountPath"].Text == folder);
            (files["Cluster__ConnectionString"], files["BlobStore__ConnectionString"]) = (FakeConnection, "UseDevelopmentStorage=true");
        }

        return new ConfigurationBuilder().AddInMemoryCollection(
            settings.Concat(files.Select(file => KeyValuePair.Create(file.Key, file.Value ?? FakeConnection)))
                .Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value))).Build();
    }

    private static Dictionary<string, Type> FindSections()
    {
        Assembly[] assemblies = [typeof(GatewayOptions).Assembly, typeof(SiloClusterOptions).Assembly, typeof(BlobStoreOptions).Assembly, typeof(Darkroom.Grains.DarkroomGrains).Assembly, typeof(Darkroom.Imaging.ImagingOptions).Assembly];
        return assemblies.SelectMany(assembly => assembly.GetTypes())
            .Select(type => (type, name: type.GetField("SectionName", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
            .Where(found => found.name is not null)
            .ToDictionary(found => found.name!, found => found.type, StringComparer.OrdinalIgnoreCase);
    }
}
