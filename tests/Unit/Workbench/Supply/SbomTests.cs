using System.Text.Json.Nodes;
using Darkroom.Workbench.Supply;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Supply;

public sealed class SbomTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-sbom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Write_TheRepository_ListsWhatTheLockFilesPin()
    {
        var set = Directory.GetDirectories(Path.Combine(RepositoryRoot.Path, "locks")).Select(path => Path.GetFileName(path)!).First();
        var first = Write(set, "first.json");
        var again = Write(set, "again.json");

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(again));
        var bom = JsonNode.Parse(File.ReadAllText(first))!;
        Assert.Equal(("CycloneDX", "1.6", 1), ((string?)bom["bomFormat"], (string?)bom["specVersion"], (int)bom["version"]!));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", (string?)bom["serialNumber"]);
        var components = bom["components"]!.AsArray();
        var references = components.Select(component => (string)component!["bom-ref"]!).ToList();
        Assert.Equal(references.Distinct(), references);
        foreach (var component in components)
        {
            Assert.Contains((string?)component!["type"], new[] { "library", "machine-learning-model" });
            var hash = Assert.Single(component["hashes"]!.AsArray())!;
            Assert.Matches((string?)hash["alg"] switch { "SHA-512" => "^[0-9a-f]{128}$", "SHA-384" => "^[0-9a-f]{96}$", "SHA-256" => "^[0-9a-f]{64}$", _ => "^[0-9a-f]{40}$" }, (string?)hash["content"]);
            if ((string?)component["type"] == "library")
                Assert.Equal($"{component["purl"]}", (string?)component["bom-ref"]);
        }

        // What is known to be shipped, of each kind.
        Assert.Contains(references, reference => reference.StartsWith("pkg:nuget/Azure.Storage.Blobs@", StringComparison.Ordinal));
        Assert.Contains(references, reference => reference.StartsWith("pkg:npm/react@", StringComparison.Ordinal));
        Assert.Contains("weights/llmra-compact.safetensors", references);
        Assert.DoesNotContain(references, reference => reference.StartsWith("pkg:npm/vitest@", StringComparison.Ordinal) || reference.StartsWith("pkg:nuget/xunit", StringComparison.Ordinal));
        foreach (var dependency in bom["dependencies"]!.AsArray())
            Assert.All(dependency!["dependsOn"]!.AsArray(), target => Assert.Contains((string)target!, references));
    }

    [Fact]
    public void ReadNuGet_Sample_IsRead()
    {
        var path = Sample("""
            {"version": 2, "dependencies": {"net10.0": {
              "A": {"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "contentHash": "AQI=", "dependencies": {"B": "2.0.0"}},
              "B": {"type": "Transitive", "resolved": "2.0.0", "contentHash": "AwQ="},
              "our.project": {"type": "Project", "dependencies": {"A": "[1.0.0, )"}}}}}
            """);

        var packages = PackageLock.ReadNuGet(path);

        Assert.Equal([("pkg:nuget/A@1.0.0", "0102"), ("pkg:nuget/B@2.0.0", "0304")], packages.Select(package => (package.Purl, package.Hash)));
        Assert.Equal(["B"], packages[0].Dependencies);
    }

    [Fact]
    public void ReadNpm_Sample_LeavesOutWhatOnlyBuilds()
    {
        var path = Sample("""
            {"packages": {"": {"name": "page"},
              "node_modules/@scope/a": {"version": "1.0.0", "integrity": "sha512-AQI=", "license": "MIT"},
              "node_modules/@scope/a/node_modules/b": {"version": "2.0.0", "integrity": "sha1-AwQ="},
              "node_modules/tool": {"version": "3.0.0", "integrity": "sha512-AQI=", "dev": true}}}
            """);

        Assert.Equal(
            [("pkg:npm/%40scope/a@1.0.0", "SHA-512", "MIT"), ("pkg:npm/b@2.0.0", "SHA-1", null)],
            PackageLock.ReadNpm(path).Select(package => (package.Purl, package.Algorithm, package.License)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"dependencies": {"net10.0": {"A": {"type": "Direct"}}}}""")]
    [InlineData("""{"dependencies": {"net10.0": {"A": {"type": "Direct", "resolved": "1", "contentHash": "not base64!"}}}}""")]
    public void ReadNuGet_Damaged_IsRefusedByName(string text)
    {
        var path = Sample(text);

        Assert.Contains(path, Assert.Throws<IOException>(() => PackageLock.ReadNuGet(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadNuGet_Missing_SaysWhoWritesIt() =>
        Assert.Contains("./cluster lock", Assert.Throws<IOException>(() => PackageLock.ReadNuGet(Path.Combine(folder, "none.json"))).Message, StringComparison.Ordinal);

    private string Write(string packages, string name)
    {
        var output = Path.Combine(folder, name);
        Assert.Equal(0, SbomCommand.Create().Parse(["-o", output, "--root", RepositoryRoot.Path, "--locks", Path.Combine(RepositoryRoot.Path, "locks", packages)]).Invoke());
        return output;
    }

    private string Sample(string text)
    {
        var path = Path.Combine(folder, "sample.json");
        File.WriteAllText(path, text);
        return path;
    }
}
