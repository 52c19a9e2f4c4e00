using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Darkroom.Tests.Unit.Cli;

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

    /// <summary>Gets the path of the checkpoint that ships, or null while there is none.</summary>
    public static string? ShippedModel { get; } =
        Path.Combine(RepositoryRoot.Path, "weights", "llmra-compact.safetensors") is var path && File.Exists(path) ? path : null;

    /// <summary>Runs <c>darkroom</c> and presses Ctrl-C when a text appears on its error stream.</summary>
    public static Task<ProcessResult> InterruptAsync(TestFolder folder, string text, params string[] arguments) =>
        SignalAsync(folder, "-INT", text, string.Empty, arguments);

    /// <summary>Runs <c>darkroom</c> with lines on its input and kills it when a text appears on its error stream.</summary>
    public static Task<ProcessResult> KillAsync(TestFolder folder, string text, string input, params string[] arguments) =>
        SignalAsync(folder, "-KILL", text, input, arguments);

    private static Task<ProcessResult> SignalAsync(TestFolder folder, string signal, string text, string input, string[] arguments) => WithProcessAsync(
        Path.Combine("client", "Cli"), "darkroom.dll", folder, arguments, async process =>
        {
            await process.StandardInput.WriteAsync(input);
            await process.StandardInput.FlushAsync();
            var error = new StringBuilder();
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                error.AppendLine(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    break;
            }

            using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
            error.Append(await process.StandardError.ReadToEndAsync());
            return (string.Empty, error.ToString());
        });

    private static Task<ProcessResult> RunAsync(string project, string assembly, TestFolder folder, string input, string[] arguments) =>
        WithProcessAsync(project, assembly, folder, arguments, async process =>
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            return (await output, await error);
        });

    private static async Task<ProcessResult> WithProcessAsync(
        string project, string assembly, TestFolder folder, string[] arguments, Func<Process, Task<(string Output, string Error)>> talk)
    {
        // .../tests/Unit/bin/Debug/net10.0 -> .../PROJECT/bin/Debug/net10.0: built together with the tests.
        var built = Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Unit"), AppContext.BaseDirectory);
        var home = folder.Path + ".home";   // not inside the test's folder, whose content the tests look at
        var start = new ProcessStartInfo("dotnet", [Path.Combine(RepositoryRoot.Path, project, built, assembly), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DARKROOM_HOME"] = home;
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = await talk(process).WaitAsync(Timeout);
            await process.WaitForExitAsync().WaitAsync(Timeout);
            return new ProcessResult(process.ExitCode, output, error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            if (Directory.Exists(home))
                Directory.Delete(home, recursive: true);
        }
    }
}
