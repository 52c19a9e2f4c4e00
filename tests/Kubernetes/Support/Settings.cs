namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>The environment of a container, as its ConfigMaps and its own lines make it.</summary>
internal static class Settings
{
    /// <summary>Reads the environment; values that only a pod knows are empty.</summary>
    public static Dictionary<string, string> Of(Manifest manifest, Yaml container)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var map in container["envFrom"].Items.Select(source => source.At("configMapRef/name").Text).OfType<string>())
        {
            foreach (var (name, value) in manifest.Find("ConfigMap", map)!["data"].Texts)
                settings[name] = value;
        }

        foreach (var variable in container["env"].Items)
            settings[variable["name"].Text!] = variable["value"].Text ?? string.Empty;
        return settings;
    }

    /// <summary>Reads the names of the files of a secret or a vault that a container sees, with what is in them where that is known.</summary>
    public static Dictionary<string, string?> Files(Manifest manifest, Resource workload, string folder)
    {
        var files = new Dictionary<string, string?>(StringComparer.Ordinal);
        var mounted = workload.Containers[^1]["volumeMounts"].Items.Where(mount => mount["mountPath"].Text == folder).Select(mount => mount["name"].Text).ToHashSet();
        foreach (var volume in workload.Pod.At("spec/volumes").Items.Where(volume => mounted.Contains(volume["name"].Text)))
        {
            foreach (var (name, value) in manifest.Find("Secret", volume.At("secret/secretName").Text)?["data"].Texts ?? new Dictionary<string, string>())
                files[name] = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(value));
            var vault = manifest.Find("SecretProviderClass", volume.At("csi/volumeAttributes/secretProviderClass").Text);
            foreach (var entry in Yaml.Parse(vault?["spec/parameters/objects"].Text ?? string.Empty).SelectMany(objects => objects["array"].Items))
                files[Yaml.Parse(entry.Text!).Single()["objectAlias"].Text!] = null;
        }

        return files;
    }
}
