using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Darkroom.Tests.Unit;
using Xunit;

namespace Darkroom.Tests.Kubernetes.Support;

/// <summary>What <c>kubectl kustomize</c> makes of a folder of <c>k8s/</c>.</summary>
internal static partial class Kustomize
{
    private const int OldestMajor = 4;   // before it there are no components
    private static readonly Lazy<Command?> Found = new(Find);
    private static readonly ConcurrentDictionary<string, Lazy<Manifest>> Rendered = new(StringComparer.Ordinal);

    /// <summary>Gets the folder of all manifests.</summary>
    public static string Folder => Path.Combine(RepositoryRoot.Path, "k8s");

    /// <summary>Gets the overlays, and the one with KEDA instead of the autoscalers.</summary>
    public static TheoryData<string> Overlays => [.. Directory.GetDirectories(Path.Combine(Folder, "overlays")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal), "gpu+keda"];

    /// <summary>Renders an overlay; the test is skipped where the machine has no kustomize.</summary>
    public static Manifest Render(string overlay)
    {
        Assert.SkipWhen(Found.Value is null, "There is neither kubectl 1.21 or later nor kustomize 4 or later on this machine: what the overlays of k8s/ make is not checked.");
        return Rendered.GetOrAdd(overlay, name => new Lazy<Manifest>(() => new Manifest(RenderNow(name)))).Value;
    }

    private static string RenderNow(string overlay)
    {
        if (overlay.Split('+') is not [var name, var component])
            return Run(Found.Value!, Path.Combine(Folder, "overlays", overlay));

        // What an operator writes who wants a component: kustomize takes paths from the folder only.
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, ".setup", $"kustomize-{Guid.NewGuid():N}"));
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "kustomization.yaml"), $"""
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: darkroom
                resources: [../../k8s/overlays/{name}]
                components: [../../k8s/components/{component}]
                """);
            return Run(Found.Value!, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Run(Command command, string folder)
    {
        var (code, output, error) = Start(command.Program, [.. command.Arguments, folder]);
        Assert.True(code == 0, $"{command.Program} {string.Join(' ', command.Arguments)} {folder} ended with {code}: {error}");
        return output;
    }

    private static Command? Find()
    {
        foreach (var command in new[] { new Command("kubectl", ["kustomize"], ["version", "--client"]), new Command("kustomize", ["build"], ["version"]) })
        {
            try
            {
                var (code, output, _) = Start(command.Program, command.Version);
                // kubectl names the version of the kustomize within it only if it is a new one.
                if (code == 0 && Version().Match(output) is { Success: true } version && int.Parse(version.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) >= OldestMajor)
                    return command;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }

    private static (int Code, string Output, string Error) Start(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    [GeneratedRegex(@"(?:Kustomize Version: |^)\{?(?:Version:)?(?:kustomize/)?v(\d+)\.", RegexOptions.Multiline)]
    private static partial Regex Version();

    private sealed record Command(string Program, string[] Arguments, string[] Version);
}
