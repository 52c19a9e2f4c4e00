using System.Globalization;
using Darkroom.Tests.Kubernetes.Support;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>Pods are harmless, bounded, probed, and get the time that they need to end.</summary>
public sealed class PodTests
{
    private const string Good = """
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 1654, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: one
              securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        """;

    public static TheoryData<string> Overlays => Kustomize.Overlays;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pod_Each_IsRestricted(string overlay)
    {
        var manifest = Kustomize.Render(overlay);

        Assert.Empty(manifest.Workloads.SelectMany(workload => PodSecurity.Faults(workload.Pod).Select(fault => $"{workload}: {fault}")));
        Assert.Equal("restricted", manifest.Find("Namespace", "darkroom")!.Labels["pod-security.kubernetes.io/enforce"]);
    }

    [Fact]
    public void Faults_HarmlessPod_None() => Assert.Empty(PodSecurity.Faults(Yaml.Parse(Good).Single()));

    [Theory]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot")]
    [InlineData("runAsUser: 1654", "runAsUser: 0", "runAsUser")]
    [InlineData("RuntimeDefault", "Unconfined", "seccomp")]
    [InlineData("Escalation: false", "Escalation: true", "allowPrivilegeEscalation")]
    [InlineData("drop: [ALL]", "drop: [CHOWN]", "dropped")]
    [InlineData("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]", "added")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "root file system")]
    [InlineData("  containers:", "  hostNetwork: true\n  containers:", "hostNetwork")]
    [InlineData("  containers:", "  volumes: [{name: disk, hostPath: {path: /}}]\n  containers:", "hostPath")]
    [InlineData("- name: one", "- name: one\n      ports: [{containerPort: 80, hostPort: 80}]", "port of the host")]
    [InlineData("{allowPrivilegeEscalation", "{privileged: true, allowPrivilegeEscalation", "privileged")]
    public void Faults_ChangedPod_NamesTheFault(string old, string changed, string expected)
    {
        var text = Good.Replace(old, changed, StringComparison.Ordinal);

        Assert.NotEqual(Good, text);
        Assert.Contains(expected, Assert.Single(PodSecurity.Faults(Yaml.Parse(text).Single())), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Container_Each_HasBoundsAndAPinnedImage(string overlay)
    {
        foreach (var (workload, container) in Containers(overlay))
        {
            foreach (var value in new[] { "requests/cpu", "requests/memory", "limits/memory" })
                Assert.True(container.At($"resources/{value}").IsThere, $"{workload}: resources/{value} is missing");
            foreach (var (name, limit) in container.At("resources/limits").Texts.Where(limit => limit.Key.Contains('/', StringComparison.Ordinal)))
                Assert.Equal(limit, container.At("resources/requests")[name].Text);

            var image = container["image"].Text!;
            var tag = image[(image.LastIndexOf('/') + 1)..].Split('@', ':');
            Assert.True(tag.Length > 1 && tag[1] is not ("latest" or ""), $"{workload}: the image {image} is not pinned");
            Assert.Equal("IfNotPresent", container["imagePullPolicy"].Text);
            // Whoever gets GPUs has the libraries for them, and nobody else.
            Assert.Equal(container.At("resources/limits")["nvidia.com/gpu"].IsThere, image.StartsWith("darkroom/silo-cuda", StringComparison.Ordinal));
            foreach (var empty in workload.Pod.At("spec/volumes").Items.Select(volume => volume["emptyDir"]).Where(empty => empty["sizeLimit"].IsThere))
                Assert.True(Bytes(empty["sizeLimit"].Text!) < Bytes(container.At("resources/limits/ephemeral-storage").Text!), $"{workload}: an emptyDir may grow beyond the pod's limit");
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Port_EachThatIsNamed_Exists(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var (workload, container) in Containers(overlay))
        {
            var ports = Ports(workload);
            Assert.Equal(ports.Count, ports.Values.Distinct().Count());
            foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Where(_ => workload.Kind != "Job"))
            {
                var action = container[probe];
                Assert.True(action.IsThere, $"{workload} has no {probe}");
                if (action["exec"].IsThere)
                    continue;
                var target = action["httpGet"].IsThere ? action["httpGet"] : action["tcpSocket"];
                Assert.Contains(target["port"].Text!, ports.Keys);
                if (workload.Name == "gateway" || workload.Name.StartsWith("silo", StringComparison.Ordinal))
                    Assert.Equal($"/healthz/{probe[..^"Probe".Length] switch { "startup" => "startup", "liveness" => "live", _ => "ready" }}", target["path"].Text);
            }
        }

        foreach (var service in manifest.Of("Service"))
        {
            var pod = manifest.Workloads.First(workload => service["spec/selector"].Texts.All(wanted => workload.PodLabels.GetValueOrDefault(wanted.Key) == wanted.Value));
            Assert.All(service["spec/ports"].Items, port => Assert.Contains(port["targetPort"].Text!, Ports(pod).Keys));
        }

        foreach (var monitor in manifest.Of("ServiceMonitor"))
        {
            var services = manifest.Of("Service").Where(service => Manifest.Selects(monitor["spec/selector"], service.Labels));
            Assert.All(services, service => Assert.All(monitor["spec/endpoints"].Items, endpoint => Assert.Contains(service["spec/ports"].Items, port => port["name"].Text == endpoint["port"].Text)));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Termination_Pod_HasTimeToDrain(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var workload in manifest.Workloads.Where(workload => workload.Kind != "Job" && workload.Containers.Any(container => container["envFrom"].Items.Count > 0)))
        {
            var settings = Settings.Of(manifest, workload.Containers[^1]);
            var drain = TimeSpan.Parse(settings["Supervisor__DrainTimeout"], CultureInfo.InvariantCulture).TotalSeconds;
            var host = TimeSpan.Parse(settings["Management__GracePeriod"], CultureInfo.InvariantCulture).TotalSeconds;
            var pause = workload.Containers[^1].At("lifecycle/preStop/sleep/seconds").Number;
            var grace = workload.Pod.At("spec/terminationGracePeriodSeconds").Number;

            Assert.True(host >= drain + 15, $"{workload}: the host gives up after {host} s, the drain may take {drain} s");
            Assert.True(grace >= pause + host + 5, $"{workload}: Kubernetes kills after {grace} s, {pause} s of preStop and {host} s of the host come first");
        }
    }

    private static IEnumerable<(Resource Workload, Yaml Container)> Containers(string overlay) =>
        Kustomize.Render(overlay).Workloads.SelectMany(workload => workload.Containers.Select(container => (workload, container)));

    private static Dictionary<string, string> Ports(Resource workload) => workload.Containers.SelectMany(container => container["ports"].Items)
        .ToDictionary(port => port["name"].Text!, port => port["containerPort"].Text!);

    private static long Bytes(string quantity) => quantity[^2..] switch
    {
        "Gi" => long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << 30,
        "Mi" => long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << 20,
        _ => throw new NotSupportedException($"{quantity} is in neither Gi nor Mi."),
    };
}
