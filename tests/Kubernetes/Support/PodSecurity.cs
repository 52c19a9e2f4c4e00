namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>The rules of Kubernetes' pod security standard "restricted", and the two that this project adds: a read-only root and no shared names.</summary>
internal static class PodSecurity
{
    private static readonly string[] AllowedVolumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];
    private static readonly string[] Seccomp = ["RuntimeDefault", "Localhost"];

    /// <summary>Lists what a pod does that it may not.</summary>
    public static IEnumerable<string> Faults(Yaml pod)
    {
        var spec = pod["spec"];
        foreach (var name in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(name => spec[name].IsTrue))
            yield return $"{name} is set";
        foreach (var volume in spec["volumes"].Items)
        {
            foreach (var kind in volume.Fields.Keys.Where(key => key != "name" && !AllowedVolumes.Contains(key)))
                yield return $"the volume {volume["name"].Text} is a {kind}";
        }

        if (spec.At("securityContext/sysctls").Items.Count > 0)
            yield return "sysctls are set";
        foreach (var container in (Yaml[])[.. spec["initContainers"].Items, .. spec["containers"].Items, .. spec["ephemeralContainers"].Items])
        {
            foreach (var fault in Faults(spec["securityContext"], container))
                yield return $"{container["name"].Text}: {fault}";
        }
    }

    private static IEnumerable<string> Faults(Yaml pod, Yaml container)
    {
        var context = container["securityContext"];
        if (context["privileged"].IsTrue)
            yield return "it is privileged";
        if (context["allowPrivilegeEscalation"].Text != "false")
            yield return "allowPrivilegeEscalation is not false";
        if (!Either("runAsNonRoot").IsTrue)
            yield return "runAsNonRoot is not true";
        if (Either("runAsUser").Text is null or "0")
            yield return "runAsUser is root or not said";
        if (!Seccomp.Contains(Either("seccompProfile")["type"].Text))
            yield return "there is no seccomp profile";
        if (context.At("capabilities/drop").Items.All(item => item.Text != "ALL"))
            yield return "capabilities are not all dropped";
        if (context.At("capabilities/add").Items.Any(item => item.Text != "NET_BIND_SERVICE"))
            yield return "capabilities are added";
        if (context["procMount"].Text is not (null or "Default"))
            yield return "procMount is set";
        if (container["ports"].Items.Any(port => port["hostPort"].IsThere))
            yield return "a port of the host is taken";
        if (!context["readOnlyRootFilesystem"].IsTrue)
            yield return "the root file system can be written";

        Yaml Either(string name) => context[name].IsThere ? context[name] : pod[name];
    }
}
