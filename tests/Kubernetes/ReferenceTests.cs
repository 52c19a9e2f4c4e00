using Darkroom.Tests.Kubernetes.Support;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>What a manifest names is there.</summary>
public sealed class ReferenceTests
{
    /// <summary>Secrets that whoever installs makes, since what is in them is theirs; docs/kubernetes.md says how.</summary>
    private static readonly string[] SecretsOfTheOperator = ["gpu darkroom-secrets", "gpu prometheus-key", "azure prometheus-key"];

    /// <summary>Kinds that are in no namespace.</summary>
    private static readonly string[] ClusterKinds = ["Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"];

    public static TheoryData<string> Overlays => Kustomize.Overlays;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Resource_Each_IsThereOnceInTheNamespace(string overlay)
    {
        var manifest = Kustomize.Render(overlay);

        Assert.Equal(manifest.Resources.Select(resource => resource.ToString()).Distinct().Count(), manifest.Resources.Count);
        Assert.All(manifest.Resources, resource => Assert.True(
            resource.Space == "darkroom" || ClusterKinds.Contains(resource.Kind), $"{resource} is in the namespace '{resource.Space}'"));
        Assert.All(manifest.Resources, resource => Assert.False(string.IsNullOrEmpty(resource["apiVersion"].Text)));
        Assert.DoesNotContain(manifest.Resources, resource => Values(resource.Yaml).Contains("REPLACED"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Selector_Each_SelectsPods(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        var pods = manifest.Workloads.ToList();

        foreach (var workload in pods.Where(pod => pod.Kind != "Job"))
            Assert.True(Manifest.Selects(workload["spec/selector"], workload.PodLabels), $"{workload} does not select its own pods");
        foreach (var workload in pods.Where(pod => pod.Kind != "Job"))
            Assert.Equal(workload, Assert.Single(pods, other => Manifest.Selects(workload["spec/selector"], other.PodLabels)));
        foreach (var service in manifest.Of("Service"))
            Assert.Contains(pods, pod => service["spec/selector"].Texts.All(wanted => pod.PodLabels.GetValueOrDefault(wanted.Key) == wanted.Value));
        foreach (var resource in manifest.Of("PodDisruptionBudget"))
            Assert.Single(pods, pod => Manifest.Selects(resource["spec/selector"], pod.PodLabels));
        foreach (var policy in manifest.Of("NetworkPolicy"))
            Assert.Contains(pods, pod => Manifest.Selects(policy["spec/podSelector"], pod.PodLabels));
        foreach (var monitor in manifest.Of("ServiceMonitor"))
            Assert.Contains(manifest.Of("Service"), service => Manifest.Selects(monitor["spec/selector"], service.Labels));
        foreach (var constraint in pods.SelectMany(pod => pod.Pod.At("spec/topologySpreadConstraints").Items.Select(rule => (pod, rule))))
            Assert.True(Manifest.Selects(constraint.rule["labelSelector"], constraint.pod.PodLabels), $"{constraint.pod} does not spread its own pods");
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pod_WhatItNames_IsThere(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var workload in manifest.Workloads)
        {
            var spec = workload.Pod["spec"];
            Require("ServiceAccount", spec["serviceAccountName"].Text);
            if (workload.Kind == "StatefulSet")
                Require("Service", workload["spec/serviceName"].Text);
            foreach (var volume in spec["volumes"].Items)
            {
                RequireIf("Secret", volume.At("secret/secretName").Text);
                RequireIf("ConfigMap", volume.At("configMap/name").Text);
                RequireIf("PersistentVolumeClaim", volume.At("persistentVolumeClaim/claimName").Text);
                RequireIf("SecretProviderClass", volume.At("csi/volumeAttributes/secretProviderClass").Text);
            }

            var volumes = spec["volumes"].Items.Select(volume => volume["name"].Text)
                .Concat(workload["spec/volumeClaimTemplates"].Items.Select(claim => claim.At("metadata/name").Text)).ToList();
            Assert.Equal(volumes.Count, volumes.Distinct().Count());
            foreach (var container in workload.Containers)
            {
                Assert.All(container["volumeMounts"].Items, mount => Assert.Contains(mount["name"].Text, volumes));
                Assert.Empty(volumes.Except(workload.Containers.SelectMany(any => any["volumeMounts"].Items).Select(mount => mount["name"].Text)));
                foreach (var source in container["envFrom"].Items)
                {
                    RequireIf("ConfigMap", source.At("configMapRef/name").Text);
                    RequireIf("Secret", source.At("secretRef/name").Text);
                }

                foreach (var source in container["env"].Items.Select(variable => variable["valueFrom"]))
                {
                    RequireIf("ConfigMap", source.At("configMapKeyRef/name").Text);
                    RequireIf("Secret", source.At("secretKeyRef/name").Text);
                }
            }

            void RequireIf(string kind, string? name)
            {
                if (name is not null)
                    Require(kind, name);
            }

            void Require(string kind, string? name) => Assert.True(
                manifest.Find(kind, name) is not null || (kind == "Secret" && SecretsOfTheOperator.Contains($"{overlay.Split('+')[0]} {name}")),
                $"{workload} names the {kind} '{name}', which is not there");
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Monitor_SecretItNames_IsThereOrTheOperators(string overlay)
    {
        foreach (var name in Kustomize.Render(overlay).Of("ServiceMonitor").SelectMany(monitor => monitor["spec/endpoints"].Items).Select(endpoint => endpoint.At("authorization/credentials/name").Text).OfType<string>())
            Assert.Contains($"{overlay.Split('+')[0]} {name}", SecretsOfTheOperator);
    }

    [Fact]
    public void SecretsOfTheOperator_Each_IsExplained()
    {
        var text = File.ReadAllText(Path.Combine(Unit.RepositoryRoot.Path, "docs", "kubernetes.md"));

        Assert.All(SecretsOfTheOperator, secret => Assert.Contains($"create secret generic {secret.Split(' ')[1]}", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Role_Each_IsBoundToAnAccountThatUsesIt(string overlay)
    {
        var manifest = Kustomize.Render(overlay);
        foreach (var binding in manifest.Of("RoleBinding").Concat(manifest.Of("ClusterRoleBinding")))
        {
            Assert.NotNull(manifest.Find(binding["roleRef/kind"].Text!, binding["roleRef/name"].Text));
            foreach (var subject in binding["subjects"].Items)
            {
                Assert.NotNull(manifest.Find(subject["kind"].Text!, subject["name"].Text));
                Assert.Equal("darkroom", subject["namespace"].Text);
                Assert.Contains(manifest.Workloads, workload => workload.Pod.At("spec/serviceAccountName").Text == subject["name"].Text && workload.Pod.At("spec/automountServiceAccountToken").IsTrue);
            }
        }

        // Whoever has no role has no token either.
        var bound = manifest.Of("RoleBinding").SelectMany(binding => binding["subjects"].Items).Select(subject => subject["name"].Text).ToHashSet();
        Assert.All(manifest.Workloads, workload => Assert.Equal(bound.Contains(workload.Pod.At("spec/serviceAccountName").Text), workload.Pod.At("spec/automountServiceAccountToken").IsTrue));
        Assert.All(manifest.Of("Role").Concat(manifest.Of("ClusterRole")).SelectMany(role => role["rules"].Items), rule => Assert.DoesNotContain(
            rule["resources"].Items.Concat(rule["verbs"].Items).Concat(rule["apiGroups"].Items), item => item.Text == "*"));
    }

    private static IEnumerable<string?> Values(Yaml node) =>
        node.Fields.Count > 0 ? node.Fields.Values.SelectMany(Values) : node.Items.Count > 0 ? node.Items.SelectMany(Values) : [node.Text];
}
