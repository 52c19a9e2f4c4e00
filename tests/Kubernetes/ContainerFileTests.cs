using System.Text.RegularExpressions;
using Darkroom.Tests.Kubernetes.Support;
using Darkroom.Tests.Unit;
using Xunit;

namespace Darkroom.Tests.Kubernetes;

/// <summary>Rules for the container file, as a linter has them, and the names that the manifests count on.</summary>
public sealed partial class ContainerFileTests
{
    private const string User = "1654:1654";
    private static readonly string[] OurImages = ["gateway", "silo"];
    private static readonly ContainerFile File = ContainerFile.Read(Path.Combine(Kustomize.Folder, "images", "Containerfile"));

    [Fact]
    public void Bases_AreGivenByWhoeverBuilds()
    {
        foreach (var stage in File.Stages.Where(stage => File.Stages.All(other => other.Name != stage.Base)))
        {
            var name = Assert.Single(Variable().Matches(stage.Base)).Groups[1].Value;
            // Without a default there is no build without a base, and ./cluster image takes none without a digest.
            Assert.Contains(File.Globals, argument => argument == name);
        }

        var script = System.IO.File.ReadAllText(Path.Combine(RepositoryRoot.Path, "cluster"));
        Assert.All(File.Globals, argument => Assert.Contains($"--build-arg {argument}=", script, StringComparison.Ordinal));
        Assert.All(File.Globals, argument => Assert.Matches($@"for name in [A-Z_ ]*\b{argument}\b", script));
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("silo")]
    public void Final_IsWithoutRootAndTools(string name)
    {
        var stages = File.StagesOf(name);
        var lines = stages.SelectMany(stage => stage.Lines).ToList();

        Assert.Equal($"USER {User}", lines.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.StartsWith("ENTRYPOINT [", Assert.Single(lines, line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal)), StringComparison.Ordinal);
        // What compiles stays behind: the last base is not that of the build, and everything of ours is copied.
        Assert.DoesNotContain(lines, line => line.Contains("dotnet publish", StringComparison.Ordinal) || line.Contains("g++", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("COPY --from=build", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("libraw", StringComparison.Ordinal));
        Assert.NotEqual(File.Stages.Single(stage => stage.Name == "build").Base, stages[0].Base);
    }

    [Fact]
    public void Lines_KeepTheRulesOfALinter()
    {
        foreach (var line in File.Stages.SelectMany(stage => stage.Lines))
        {
            Assert.DoesNotMatch(@"^ADD |\bsudo\b|curl .*\||--no-check|^MAINTAINER|:latest", line);
            Assert.DoesNotMatch(@"^(ENV|ARG) .*(PASSWORD|SECRET|TOKEN|KEY)", line);
            if (line.StartsWith("WORKDIR ", StringComparison.Ordinal))
                Assert.StartsWith("WORKDIR /", line, StringComparison.Ordinal);
            if (!line.Contains("apt-get install", StringComparison.Ordinal))
                continue;
            Assert.Contains("apt-get update --snapshot", line, StringComparison.Ordinal);
            Assert.Contains("--no-install-recommends", line, StringComparison.Ordinal);
            Assert.Contains("-y ", line, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_IsReproducible()
    {
        var build = string.Join('\n', File.Stages.Single(stage => stage.Name == "build").Lines);

        Assert.Contains("ContinuousIntegrationBuild=true", build, StringComparison.Ordinal);
        Assert.Contains("Deterministic=true", build, StringComparison.Ordinal);
        Assert.Contains("SOURCE_DATE_EPOCH", build, StringComparison.Ordinal);
        Assert.Contains("<DarkroomPackages>official</DarkroomPackages>", build, StringComparison.Ordinal);
        Assert.Contains(File.Stages.Single(stage => stage.Name == "page").Lines, line => line == "RUN npm ci");
    }

    [Fact]
    public void Copied_FromTheContext_IsInIt()
    {
        var ignored = System.IO.File.ReadAllLines(Path.Combine(Kustomize.Folder, "images", "Containerfile.dockerignore"));
        Assert.Equal("*", ignored.First(line => !line.StartsWith('#')));
        foreach (var wanted in ignored.Where(line => line.StartsWith('!')).Select(line => line[1..]).Where(name => name != "sbom.cdx.json"))
            Assert.True(Directory.GetFileSystemEntries(RepositoryRoot.Path, wanted).Length > 0, $"{wanted} of the ignore file is not there");

        var sources = File.Stages.SelectMany(stage => stage.Lines).Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1]).Where(source => source is not ("." or "sbom.cdx.json"));
        Assert.All(sources, source => Assert.True(Path.Exists(Path.Combine(RepositoryRoot.Path, source)), $"{source} is not there"));
        Assert.All(sources, source => Assert.Contains($"!{source.Split('/')[0]}", ignored));
    }

    [Fact]
    public void Manifests_MountWhatTheImagesHave()
    {
        var manifest = Kustomize.Render("gpu");
        var pods = manifest.Workloads.Where(workload => OurImages.Any(name => workload.Name.StartsWith(name, StringComparison.Ordinal))).ToList();

        Assert.NotEmpty(pods);
        foreach (var pod in pods)
        {
            var name = OurImages.Single(image => pod.Name.StartsWith(image, StringComparison.Ordinal));
            var lines = File.StagesOf(name).SelectMany(stage => stage.Lines).ToList();
            Assert.Equal(User, $"{pod.Pod.At("spec/securityContext/runAsUser").Text}:{pod.Pod.At("spec/securityContext/runAsGroup").Text}");
            var exposed = lines.Single(line => line.StartsWith("EXPOSE ", StringComparison.Ordinal)).Split(' ')[1..];
            Assert.Equal(exposed.Order(), pod.Containers[0]["ports"].Items.Select(port => port["containerPort"].Text!).Order());
            // HOME and TMPDIR lead where the pod may write.
            Assert.Contains(pod.Containers[0]["volumeMounts"].Items, mount => mount["mountPath"].Text == "/tmp" && !mount["readOnly"].IsTrue);
            Assert.Contains(lines, line => line.Contains("TMPDIR=/tmp", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"^\$\{(\w+)\}$")]
    private static partial Regex Variable();
}
