using System.Diagnostics;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>What a process answered.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>Runs the command lines as users do: as processes of their own.</summary>
internal static class CommandLineProcess
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>Runs <c>darkroom</c> (client/Cli).</summary>
    public static Task<ProcessResult> DarkroomAsync(TestFolder folder, params string[] arguments) =>
        RunAsync(Path.Combine("client", "Cli"), "darkroom.dll", folder, string.Empty, arguments);

    /// <summary>Runs <c>darkroom</c> (client/Cli) with lines on its input.</summary>
    public static Task<ProcessResult> DarkroomAsync(TestFolder folder, string input, string[] arguments) =>
        RunAsync(Path.Combine("client", "Cli"), "darkroom.dll", folder, input, arguments);

    /// <summary>Runs the Workbench.</summary>
    public static Task<ProcessResult> WorkbenchAsync(TestFolder folder, params string[] arguments) =>
        RunAsync(Path.Combine("grains", "Workbench"), "Darkroom.Workbench.dll", folder, string.Empty, arguments);

    /// <summary>Finds the folder with Cluster.sln.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Gets the path of the checkpoint that ships, or null while there is none.</summary>
    public static string? ShippedModel { get; } =
        Path.Combine(RepositoryRoot, "weights", "llmra-compact.safetensors") is var path && File.Exists(path) ? path : null;

    private static async Task<ProcessResult> RunAsync(string project, string assembly, TestFolder folder, string input, string[] arguments)
    {
        // .../tests/Unit/bin/Debug/net10.0 -> .../PROJECT/bin/Debug/net10.0: built together with the tests.
        var built = Path.GetRelativePath(Path.Combine(RepositoryRoot, "tests", "Unit"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(RepositoryRoot, project, built, assembly), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Outside the test's folder, whose content the tests look at.
        start.Environment["DARKROOM_HOME"] = folder.Path + ".home";
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Timeout);
            return new ProcessResult(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            if (Directory.Exists(folder.Path + ".home"))
                Directory.Delete(folder.Path + ".home", recursive: true);
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("No folder above the tests has Cluster.sln.");
    }
}
