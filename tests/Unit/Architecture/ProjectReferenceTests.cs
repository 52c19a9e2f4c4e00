using System.Xml.Linq;
using Xunit;

namespace Darkroom.Tests.Unit.Architecture;

/// <summary>A request flows one way (STYLE, 1), and so do the references between projects.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>Which projects each project may reference. A new project needs a line here.</summary>
    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["grains/Contracts"] = [],
        ["grains/Models"] = [],
        ["grains/Imaging"] = [],
        ["grains/Storage"] = [],
        ["grains/Grains"] = ["grains/Contracts", "grains/Models", "grains/Imaging", "grains/Storage"],
        ["grains/Workbench"] = ["grains/Grains", "grains/Models", "grains/Imaging", "grains/Storage"],
        ["silo"] = ["grains/Grains", "grains/Contracts", "grains/Models", "grains/Imaging", "grains/Storage"],
        ["client/Client"] = ["grains/Contracts", "grains/Storage"],
        ["client/Cli"] = ["client/Client", "silo"],
        ["client/Gateway"] = ["client/Client", "silo"],
    };

    /// <summary>Starts of package names that a project may not reference.</summary>
    private static readonly Dictionary<string, string[]> ForbiddenPackages = new()
    {
        ["grains/Contracts"] = ["TorchSharp", "$(TorchPackage)", "SixLabors", "Azure", "OpenTelemetry", "Microsoft.Orleans.Server"],
        ["grains/Models"] = ["Microsoft.Orleans", "SixLabors", "Azure", "OpenTelemetry"],
        ["grains/Imaging"] = ["Microsoft.Orleans", "TorchSharp", "$(TorchPackage)", "Azure", "OpenTelemetry"],
        ["grains/Storage"] = ["Microsoft.Orleans", "TorchSharp", "$(TorchPackage)", "SixLabors", "OpenTelemetry"],
        ["client/Client"] = ["TorchSharp", "$(TorchPackage)", "SixLabors", "Microsoft.Orleans.Server"],
        ["client/Cli"] = ["TorchSharp", "$(TorchPackage)", "SixLabors"],
        ["client/Gateway"] = ["TorchSharp", "$(TorchPackage)", "SixLabors"],
    };

    public static TheoryData<string> Projects() => [.. SourceTree.Files(SourceTree.ProductFolders, ".csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_FollowTheArrows(string path)
    {
        var folder = FolderOf(path);
        Assert.True(AllowedProjects.TryGetValue(folder, out var allowed), $"{path} is new: say here which projects it may reference.");

        var references = References(path, "ProjectReference")
            .Select(reference => FolderOf(Path.GetRelativePath(RepositoryRoot.Path, Path.GetFullPath(Path.Combine(RepositoryRoot.Path, folder, reference)))));

        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_Packages_StayInTheirField(string path)
    {
        var forbidden = ForbiddenPackages.GetValueOrDefault(FolderOf(path), []);

        var packages = References(path, "PackageReference");

        Assert.DoesNotContain(packages, package => forbidden.Any(start => package.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public void Contracts_References_AreOrleansSdkAlone()
    {
        const string path = "grains/Contracts/Darkroom.Contracts.csproj";

        Assert.Equal(["Microsoft.Orleans.Sdk"], References(path, "PackageReference"));
        Assert.Empty(References(path, "FrameworkReference"));
    }

    [Fact]
    public void AllowedProjects_EachExists() =>
        Assert.Empty(AllowedProjects.Keys.Except(SourceTree.Files(SourceTree.ProductFolders, ".csproj").Select(FolderOf)));

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!.Replace(Path.DirectorySeparatorChar, '/');

    private static string[] References(string path, string kind) =>
        [.. XDocument.Load(Path.Combine(RepositoryRoot.Path, path)).Descendants(kind).Select(element => (string)element.Attribute("Include")!)];
}
