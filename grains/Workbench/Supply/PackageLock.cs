using System.Text.Json;

namespace Darkroom.Workbench.Supply;

/// <summary>A package that something is built from, as a lock file pins it.</summary>
/// <param name="Ecosystem"><c>nuget</c> or <c>npm</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Algorithm">The algorithm of the hash, as CycloneDX names it.</param>
/// <param name="Hash">The hash of what is downloaded, in lower-case hexadecimal digits.</param>
/// <param name="License">What it may be used for, where the lock file says so.</param>
/// <param name="Dependencies">The packages that it asks for, by name.</param>
public sealed record LockedPackage(
    string Ecosystem, string Name, string Version, string Algorithm, string Hash, string? License, IReadOnlyList<string> Dependencies)
{
    /// <summary>Gets the address that names the package everywhere (purl).</summary>
    public string Purl => $"pkg:{Ecosystem}/{(Name.StartsWith('@') ? "%40" + Name[1..] : Name)}@{Version}";
}

/// <summary>Reads lock files.</summary>
public static class PackageLock
{
    private const string Sha512 = "SHA-512";

    // Names of the hashes that npm writes.
    private static readonly Dictionary<string, string> Algorithms = new(StringComparer.Ordinal) { ["sha512"] = Sha512, ["sha384"] = "SHA-384", ["sha256"] = "SHA-256", ["sha1"] = "SHA-1" };

    /// <summary>Reads a lock file of NuGet.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is not there or no such file.</exception>
    public static IReadOnlyList<LockedPackage> ReadNuGet(string path) => Read(path, root =>
        [.. from framework in root.GetProperty("dependencies").EnumerateObject()
            from package in framework.Value.EnumerateObject()
            where package.Value.GetProperty("type").GetString() != "Project"
            select new LockedPackage(
                "nuget", package.Name, package.Value.GetProperty("resolved").GetString()!,
                Sha512, Hexadecimal(package.Value.GetProperty("contentHash").GetString()!), null, NamesIn(package.Value, "dependencies"))]);

    /// <summary>Reads what is shipped of a lock file of npm: nothing that only builds or tests.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is not there or no such file.</exception>
    public static IReadOnlyList<LockedPackage> ReadNpm(string path) => Read(path, root =>
        [.. from package in root.GetProperty("packages").EnumerateObject()
            where package.Name.Length > 0 && !package.Value.TryGetProperty("dev", out _) && !package.Value.TryGetProperty("devOptional", out _)
            let integrity = package.Value.GetProperty("integrity").GetString()!.Split('-', 2)
            select new LockedPackage(
                "npm", package.Name[(package.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..],
                package.Value.GetProperty("version").GetString()!, Algorithms[integrity[0]], Hexadecimal(integrity[1]),
                package.Value.TryGetProperty("license", out var license) ? license.GetString() : null, NamesIn(package.Value, "dependencies"))]);

    private static IReadOnlyList<LockedPackage> Read(string path, Func<JsonElement, IReadOnlyList<LockedPackage>> packages)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return packages(document.RootElement);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"There is no lock file '{path}': './cluster lock' writes those of the packages in use.", error);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IOException($"'{path}' is no lock file of packages: {error.Message}", error);
        }
    }

    private static string[] NamesIn(JsonElement package, string property) =>
        package.TryGetProperty(property, out var names) ? [.. names.EnumerateObject().Select(name => name.Name)] : [];

    private static string Hexadecimal(string base64) => Convert.ToHexStringLower(Convert.FromBase64String(base64));
}
