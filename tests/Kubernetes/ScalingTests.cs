using System.Text.RegularExpressions;
using Darkroom.Tests.Kubernetes.Support;
using Darkroom.Tests.Unit;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>Pools are scaled by what the silos really export.</summary>
public sealed partial class ScalingTests
{
    public static TheoryData<string> Overlays => Kustomize.Overlays;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Workload_Each_IsScaledByOneAtMost(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var scaled = manifest.Of("HorizontalPodAutoscaler").Concat(manifest.Of("ScaledObject")).Select(scaler => (
            Target: manifest.Find(scaler["spec/scaleTargetRef/kind"].Text!, scaler["spec/scaleTargetRef/name"].Text),
            Low: (scaler["spec/minReplicas"].IsThere ? scaler["spec/minReplicas"] : scaler["spec/minReplicaCount"]).Number,
            High: (scaler["spec/maxReplicas"].IsThere ? scaler["spec/maxReplicas"] : scaler["spec/maxReplicaCount"]).Number)).ToList();

        Assert.DoesNotContain(null, scaled.Select(scaler => scaler.Target));
        Assert.Equal(scaled.Count, scaled.Select(scaler => scaler.Target).Distinct().Count());
        // A pool of none exports nothing, and nothing would wake it.
        Assert.All(scaled, scaler => Assert.True(scaler.Low >= 1 && scaler.High > scaler.Low));
        if (overlay != "local")
            Assert.All(manifest.Workloads.Where(workload => workload.Name == "gateway" || workload.Name.StartsWith("silo", StringComparison.Ordinal)), workload => Assert.Contains(workload, scaled.Select(scaler => scaler.Target)));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Metric_Each_IsExported(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var exported = Exported();
        var named = manifest.Of("HorizontalPodAutoscaler").SelectMany(scaler => scaler["spec/metrics"].Items)
            .Where(metric => metric["type"].Text != "Resource").Select(metric => metric.At("pods/metric/name").Text!)
            .Concat(manifest.Of("ScaledObject").SelectMany(scaler => scaler["spec/triggers"].Items).SelectMany(trigger => Metric().Matches(trigger.At("metadata/query").Text!)).Select(match => match.Value))
            .ToList();

        Assert.All(named, name => Assert.Contains(name, exported));
        Assert.All(manifest.Of("ScaledObject"), scaler => Assert.Contains(
            $"pod=~\"{scaler["spec/scaleTargetRef/name"].Text}-[0-9]+\"", scaler["spec/triggers"].Items.Single().At("metadata/query").Text, StringComparison.Ordinal));
        if (overlay != "local")
            Assert.NotEmpty(named);
    }

    /// <summary>The names that Prometheus sees: the instruments' own, with their units.</summary>
    private static HashSet<string> Exported()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "grains", "Grains"), "*Metrics.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        return [.. sources.SelectMany(text => Instrument().Matches(text)).Select(match =>
            match.Groups["name"].Value.Replace('.', '_') + (match.Groups["unit"].Value switch { "s" => "_seconds", "By" => "_bytes", _ => string.Empty }) + (match.Groups["kind"].Value == "Counter" ? "_total" : string.Empty))];
    }

    [GeneratedRegex(@"Create(?:Observable)?(?<kind>Counter|UpDownCounter|Histogram|Gauge)(?:<\w+>)?\(\s*""(?<name>darkroom[.a-z_]+)""[^;]*?""(?<unit>s|By|\{\w+\})""")]
    private static partial Regex Instrument();

    [GeneratedRegex("darkroom_[a-z_]+")]
    private static partial Regex Metric();
}
