using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Cli.Clusters;

/// <summary>Which cluster a command talks to: the one in this process, or a server's.</summary>
/// <param name="Server">The server's address, or null for the cluster in this process.</param>
/// <param name="Key">The API key, or null for none.</param>
/// <param name="DataFolder">Folder of the cluster in this process, or null for the default.</param>
internal sealed record ClusterTarget(Uri? Server, string? Key, string? DataFolder)
{
    private const string ServerVariable = "DARKROOM_SERVER";
    private const string KeyVariable = "DARKROOM_KEY";
    private const string KeyFileVariable = "DARKROOM_KEY_FILE";
    private const int MaxKeyLength = 16 << 10;

    /// <summary>Gets the option for a server.</summary>
    public static Option<string?> ServerOption { get; } = new("--server")
    {
        Description = $"Address of a server ('./cluster up') that does the work, such as https://darkroom.example. Default: ${ServerVariable}, else the cluster in this process.",
        HelpName = "URL",
    };

    /// <summary>Gets the option for the key itself.</summary>
    public static Option<string?> KeyOption { get; } = new(Secrets.KeyOption)
    {
        Description = $"API key for the server; other users of this machine see what stands on a command line, so rather give ${KeyVariable} or --key-file.",
        HelpName = "KEY",
    };

    /// <summary>Gets the option for a file with the key.</summary>
    public static Option<string?> KeyFileOption { get; } = new("--key-file")
    {
        Description = $"File that holds the API key. Default: ${KeyFileVariable}.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[ServerOption, KeyOption, KeyFileOption, CommonOptions.Data])
            command.Options.Add(option);
    }

    /// <summary>Reads what the user, else the environment, says.</summary>
    /// <exception cref="InputException">It contradicts itself, or cannot be used.</exception>
    public static ClusterTarget Read(ParseResult result)
    {
        var target = Read(
            result.GetValue(ServerOption), result.GetValue(KeyOption), result.GetValue(KeyFileOption), result.GetValue(CommonOptions.Data), Environment.GetEnvironmentVariable);
        if (target.IsKeyExposed)
            result.InvocationConfiguration.Error.WriteLine($"Warning: the key goes to {target.Server!.Host} over http, where it can be read on the way; use https.");
        return target;
    }

    /// <summary>Gets whether the key can be read on its way.</summary>
    public bool IsKeyExposed => Key is not null && Server is { Scheme: "http", IsLoopback: false };

    /// <summary>As <see cref="Read(ParseResult)"/>, of texts.</summary>
    /// <param name="server">What <c>--server</c> says, or null.</param>
    /// <param name="key">What <c>--key</c> says, or null.</param>
    /// <param name="keyFile">What <c>--key-file</c> says, or null.</param>
    /// <param name="data">What <c>--data</c> says, or null.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static ClusterTarget Read(string? server, string? key, string? keyFile, string? data, Func<string, string?> variable)
    {
        if (server is not null && data is not null)
            throw new InputException("--data is the folder of the cluster in this process; a server has its own: leave one of --server and --data out.");
        if (key is not null && keyFile is not null)
            throw new InputException("--key and --key-file both give a key; leave one of them out.");
        // Who names a folder means this machine, whatever the environment says.
        var address = server ?? (data is null ? Given(variable(ServerVariable)) : null);
        if (address is null)
        {
            return key is null && keyFile is null
                ? new ClusterTarget(null, null, data)
                : throw new InputException("A key is for a server; give --server with it.");
        }

        var secret = key ?? (keyFile is null ? Given(variable(KeyVariable)) : null);
        if (secret is null && (keyFile ?? Given(variable(KeyFileVariable))) is { } path)
            secret = ReadKey(path);
        return new ClusterTarget(ParseAddress(address, server is null ? ServerVariable : "--server"), secret is null ? null : RequireKey(secret), null);
    }

    /// <summary>Refuses a server, for what only the machine with the cluster's store can do.</summary>
    /// <param name="what">What that is.</param>
    /// <param name="data">What <c>--data</c> says, or null.</param>
    /// <exception cref="InputException">The environment names a server, and the user no folder.</exception>
    public static void RequireHere(string what, string? data)
    {
        if (data is null && Given(Environment.GetEnvironmentVariable(ServerVariable)) is { } server)
            throw new InputException($"{ServerVariable} is '{server}', but {what} works on a folder of this machine: give --data FOLDER, or run it on the server's machine.");
    }

    // A record would show the key.
    /// <inheritdoc/>
    public override string ToString() => Server?.ToString() ?? "the cluster in this process";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Uri ParseAddress(string text, string source) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { UserInfo: "", Query: "", Fragment: "" }
            ? address
            : throw new InputException($"{source} is not an address of a server; it is like http://127.0.0.1:8080 or https://darkroom.example, without user, query or fragment.");

    private static string ReadKey(string path)
    {
        try
        {
            // May be a pipe, such as <(pass show darkroom): no length, and no end before it is read.
            using var reader = new StreamReader(path);
            var text = new char[MaxKeyLength + 1];
            var count = reader.ReadBlock(text);
            return count <= MaxKeyLength ? new string(text, 0, count) : throw new InputException($"The key file '{path}' has more than {MaxKeyLength} characters; a key is one line.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"The key file '{path}' cannot be read: {error.Message}", error);
        }
    }

    // Never says what the key is.
    private static string RequireKey(string key)
    {
        var text = key.Trim();
        return text.Length > 0 && text.All(c => c is > ' ' and < (char)127)
            ? text
            : throw new InputException("The key is empty, or has spaces, line breaks or other characters that no key has.");
    }
}
