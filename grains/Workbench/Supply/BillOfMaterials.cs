using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Darkroom.Workbench.Supply;

/// <summary>Writes what the product is made of as CycloneDX 1.6: packages with their hashes, and the weights that ship.</summary>
/// <param name="version">The product's version.</param>
/// <param name="time">When the sources were written, or null: not said.</param>
/// <remarks>The same lock files give the same bytes: there is no time in it but <c>SOURCE_DATE_EPOCH</c>'s.</remarks>
public sealed class BillOfMaterials(string version, DateTimeOffset? time)
{
    private const string Format = "CycloneDX";
    private const string FormatVersion = "1.6";
    private const string ProductReference = "pkg:generic/darkroom";

    /// <summary>Makes the document.</summary>
    /// <param name="packages">The packages; one that several lock files name is taken once.</param>
    /// <param name="weights">The files of weights.</param>
    public JsonObject Write(IEnumerable<LockedPackage> packages, IEnumerable<string> weights)
    {
        var all = packages.GroupBy(package => package.Purl, StringComparer.Ordinal).Select(same => same.First()).OrderBy(package => package.Purl, StringComparer.Ordinal).ToList();
        JsonNode[] components = [.. all.Select(Component), .. weights.Order(StringComparer.Ordinal).Select(Weights)];
        var document = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = Format,
            ["specVersion"] = FormatVersion,
            ["version"] = 1,
            ["metadata"] = Metadata(),
            ["components"] = new JsonArray(components),
            ["dependencies"] = new JsonArray([.. Dependencies(all, components)]),
        };
        // A number of its own, which follows from the content.
        document.Insert(3, "serialNumber", $"urn:uuid:{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(document.ToJsonString()))[..16])}");
        return document;
    }

    private JsonObject Metadata()
    {
        var metadata = new JsonObject
        {
            ["tools"] = new JsonObject { ["components"] = new JsonArray(new JsonObject { ["type"] = "application", ["name"] = "darkroom-sbom" }) },
            ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = ProductReference, ["name"] = "darkroom", ["version"] = version },
        };
        if (time is { } at)
            metadata.Insert(0, "timestamp", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        return metadata;
    }

    private static JsonNode Component(LockedPackage package)
    {
        var component = new JsonObject
        {
            ["type"] = "library",
            ["bom-ref"] = package.Purl,
            ["name"] = package.Name,
            ["version"] = package.Version,
            // What only compiles is no part of what runs.
            ["scope"] = package.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) ? "excluded" : "required",
            ["hashes"] = new JsonArray(new JsonObject { ["alg"] = package.Algorithm, ["content"] = package.Hash }),
            ["purl"] = package.Purl,
        };
        if (package.License is { } license)
            component.Insert(6, "licenses", new JsonArray(new JsonObject { ["expression"] = license }));
        return component;
    }

    private static JsonNode Weights(string path)
    {
        using var file = File.OpenRead(path);
        var name = Path.GetFileNameWithoutExtension(path);
        return new JsonObject
        {
            ["type"] = "machine-learning-model",
            ["bom-ref"] = $"weights/{Path.GetFileName(path)}",
            ["name"] = name,
            ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-256", ["content"] = Convert.ToHexStringLower(SHA256.HashData(file)) }),
        };
    }

    // By name within an ecosystem: a lock file has one version of each, npm's nested ones aside, whose nearest is not told apart.
    private static IEnumerable<JsonNode> Dependencies(List<LockedPackage> all, JsonNode[] components)
    {
        var urls = all.GroupBy(package => (package.Ecosystem, Name: package.Name.ToUpperInvariant())).ToDictionary(same => same.Key, same => same.First().Purl);
        yield return Node(ProductReference, components.Select(component => (string)component["bom-ref"]!));
        foreach (var package in all.Where(package => package.Dependencies.Count > 0))
        {
            yield return Node(package.Purl, package.Dependencies
                .Select(name => urls.GetValueOrDefault((package.Ecosystem, name.ToUpperInvariant()))).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        }

        static JsonObject Node(string from, IEnumerable<string> to) =>
            new() { ["ref"] = from, ["dependsOn"] = new JsonArray([.. to.Select(name => (JsonNode)name)]) };
    }
}
