using System.Globalization;

namespace Darkroom.Cli.CommandLine;

/// <summary>The log of this process: a file that is made when the first line is written to it.</summary>
internal sealed class LogFile(string folder, string program, TimeProvider time)
{
    private readonly Lock gate = new();
    private string? path;

    /// <summary>Gets the log of the process: in <c>$DARKROOM_HOME/logs</c>, else in <c>~/.darkroom/logs</c>.</summary>
    public static LogFile OfProcess { get; } = new(DefaultFolder(), Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]), TimeProvider.System);

    /// <summary>Writes an entry.</summary>
    /// <returns>The file's path, or what prevented it from being written.</returns>
    public string Write(string entry)
    {
        lock (gate)
        {
            try
            {
                path ??= Create();
                File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():O} {entry}\n"));
                return path;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                return $"no log: {refused.Message}";
            }
        }
    }

    private static string DefaultFolder()
    {
        var home = Environment.GetEnvironmentVariable("DARKROOM_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(home) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".darkroom") : home, "logs");
    }

    private string Create()
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{program}-{time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.log"));
    }
}
