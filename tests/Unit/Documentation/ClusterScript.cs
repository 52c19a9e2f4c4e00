using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Darkroom.Cli;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;

namespace Darkroom.Tests.Unit.Documentation;

/// <summary>What <c>./cluster</c> understands: the script's own words, and the parsers of the programs that it hands the rest to.</summary>
internal static partial class ClusterScript
{
    private static readonly Lazy<RootCommand> Darkroom = new(() => DarkroomCommands.Create(Terminal.OfProcess()));
    private static readonly Lazy<RootCommand> Workbench = new(() => Create("grains/Workbench", "Darkroom.Workbench", "Darkroom.Workbench.WorkbenchCommands"));
    private static readonly Lazy<RootCommand> Bench = new(() => Create("tests/Bench", "Darkroom.Bench", "Darkroom.Bench.BenchCommands"));

    private static readonly string[] NoArguments = ["build", "setup", "doctor", "help", "lock", "audit", "manifests"];
    private static readonly string[] Shells = ["bash", "zsh", "fish"];
    private static readonly string[] KeyOptions = ["--role", "--name", "--data"];

    /// <summary>Gets the commands that the script has a case for.</summary>
    public static IReadOnlySet<string> Commands { get; } = ReadCommands();

    /// <summary>Tells what is wrong with a command line, or null.</summary>
    /// <param name="arguments">What follows <c>./cluster</c>.</param>
    public static string? FaultOf(string[] arguments) => arguments switch
    {
        [] => null,
        ["status", .. var rest] => CommandHost.Parse(Darkroom.Value, ["cluster", "status", .. rest]).Fault,
        ["restore" or "chat" or "job" or "session" or "checkpoint" or "cluster", ..] => CommandHost.Parse(Darkroom.Value, arguments).Fault,
        ["train" or "eval" or "describe" or "niqe" or "simulate", ..] => CommandHost.Parse(Workbench.Value, arguments).Fault,
        ["bench", .. var rest] => CommandHost.Parse(Bench.Value, rest).Fault,
        ["up", .. var rest] => UpFault(rest),
        ["key", "hash"] or ["silo"] or ["test"] => null,
        ["key", "new", _, .. var rest] => KeyFault(rest),
        ["silo", .. var rest] => rest.Where(word => !Setting().IsMatch(word)).Select(word => $"'{word}' is no setting; they are --Section:Name=VALUE.").FirstOrDefault(),
        ["test", var area, ..] => AreaFault(area),
        ["manifests", var overlay] => Directory.Exists(Path.Combine(RepositoryRoot.Path, "k8s", "overlays", overlay)) ? null : $"there is no overlay '{overlay}'",
        ["sbom", .. var rest] => CommandHost.Parse(Workbench.Value, ["sbom", "--root", "x", "--locks", "x", .. rest]).Fault,
        ["image", "gateway" or "silo", .. var rest] => rest.Where(word => word.StartsWith('-') && word is not ("--cuda" or "--tag")).Select(word => $"'./cluster image' has no option '{word}'").FirstOrDefault(),
        ["completion", var shell] => Shells.Contains(shell) ? null : $"there is no completion for '{shell}'",
        [var alone] when NoArguments.Contains(alone) => null,
        [var command, ..] => Commands.Contains(command) ? $"'{command}' takes no such arguments" : $"there is no command '{command}'",
    };

    /// <summary>Lists the names of the options that a command has, or null if the script hands them on unseen or there is no such command.</summary>
    /// <param name="words">The command and what follows it.</param>
    public static IReadOnlyList<string>? OptionsOf(IReadOnlyList<string> words)
    {
        Command? command = words[0] switch
        {
            "status" => Darkroom.Value.Subcommands.Single(one => one.Name == "cluster").Subcommands.Single(one => one.Name == "status"),
            "restore" or "chat" or "job" or "session" or "checkpoint" or "cluster" => Darkroom.Value.Subcommands.Single(one => one.Name == words[0]),
            "train" or "eval" or "describe" or "niqe" or "simulate" => Workbench.Value.Subcommands.Single(one => one.Name == words[0]),
            "bench" => Bench.Value,
            "key" => null,
            _ => null,
        };
        if (command is null)
            return words[0] == "key" ? KeyOptions : words[0] == "up" ? [.. Switches()] : null;
        for (var i = 1; i < words.Count && command.Subcommands.FirstOrDefault(one => one.Name == words[i]) is { } next; i++)
            command = next;
        return [.. command.Options.SelectMany(option => option.Aliases.Append(option.Name)), "--help", "-h"];
    }

    /// <summary>Tells whether a command has another one below it of that name.</summary>
    public static bool HasSubcommand(string command, string name) => command switch
    {
        "bench" => Bench.Value.Subcommands.Any(one => one.Name == name),
        _ => Darkroom.Value.Subcommands.FirstOrDefault(one => one.Name == command)?.Subcommands.Any(one => one.Name == name) ?? false,
    };

    private static string? UpFault(string[] arguments) => (string?)Gateway().GetMethod("FaultOf")!.Invoke(null, [arguments]);

    private static Dictionary<string, string>.KeyCollection Switches() => ((Dictionary<string, string>)Gateway().GetProperty("Switches")!.GetValue(null)!).Keys;

    private static string? KeyFault(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!KeyOptions.Contains(arguments[i]) || i + 1 == arguments.Length)
                return $"'{arguments[i]}' is no option of './cluster key new', or has no value";
        }

        return null;
    }

    private static string? AreaFault(string area) =>
        area.ToUpperInvariant() is "PAGE" or "BROWSER" || Directory.GetDirectories(Path.Combine(RepositoryRoot.Path, "tests")).Any(folder => Path.GetFileName(folder).Equals(area, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"there is no area '{area}' of tests";

    private static HashSet<string> ReadCommands()
    {
        var script = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "cluster"));
        var cases = script[script.LastIndexOf("case $command in", StringComparison.Ordinal)..];
        return [.. Case().Matches(cases).SelectMany(match => match.Groups[1].Value.Split('|'))];
    }

    private static Type Gateway() => Load("client/Gateway", "darkroom-gateway").GetType("Darkroom.Gateway.UpArguments", throwOnError: true)!;

    private static RootCommand Create(string project, string assembly, string type) =>
        (RootCommand)Load(project, assembly).GetType(type, throwOnError: true)!.GetMethod("Create", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null)!;

    // .../tests/Unit/bin/Release/net10.0 -> .../PROJECT/bin/Release/net10.0: built together with the tests.
    private static Assembly Load(string project, string assembly) => Assembly.LoadFrom(Path.Combine(
        RepositoryRoot.Path, project, Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Unit"), AppContext.BaseDirectory), $"{assembly}.dll"));

    [GeneratedRegex(@"^    ([a-z|-]+)\) ", RegexOptions.Multiline)]
    private static partial Regex Case();

    [GeneratedRegex(@"^--[A-Za-z]+(:[A-Za-z0-9]+)+=")]
    private static partial Regex Setting();
}
