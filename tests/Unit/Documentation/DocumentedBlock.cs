using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Darkroom.Tests.Unit.Documentation;

/// <summary>A block of shell commands in a page.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Line">The block's first line, from 1.</param>
/// <param name="Text">The commands.</param>
internal sealed partial record DocumentedBlock(string Page, int Line, string Text)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    // A program that is not there takes its input and says nothing; './cluster' notes what it was told.
    private const string Prelude = """
        command_not_found_handle() { while IFS= read -r _; do :; done; return 0; }
        function ./cluster { if [ $# -gt 0 ]; then printf '%s\0' "$@" > "$RECORD/$EPOCHREALTIME.$BASHPID"; fi; }
        """;

    /// <summary>Gets how many commands there are.</summary>
    public int CommandCount => Command().Count(Comment().Replace(Text, string.Empty));

    /// <summary>Runs the block in a shell that can reach nothing but a stand-in of <c>./cluster</c>: the shell itself reads quotes, pipes and variables.</summary>
    /// <returns>The arguments of each command, in the order in which they ran.</returns>
    public async Task<IReadOnlyList<string[]>> ReadAsync()
    {
        using var folder = new Cli.TestFolder();
        var (record, path) = (folder["record"], folder["path"]);
        Directory.CreateDirectory(record);
        Directory.CreateDirectory(path);
        File.WriteAllText(folder["photo.jpg"], string.Empty);
        var start = new ProcessStartInfo("/bin/bash", ["--noprofile", "--norc", "-c", $"{Prelude}\n{Text}"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        (start.Environment["PATH"], start.Environment["RECORD"], start.Environment["HOME"]) = (path, record, folder.Path);
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await Task.WhenAll(output, error, shell.WaitForExitAsync()).WaitAsync(Timeout);
        return [.. Directory.GetFiles(record).Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).Split('\0')[..^1])];
    }

    /// <summary>Finds the blocks of all pages.</summary>
    public static IReadOnlyList<DocumentedBlock> FindAll() => [.. Pages().SelectMany(page => Find(page, File.ReadAllText(Path.Combine(RepositoryRoot.Path, page))))];

    /// <summary>Finds the blocks of a page.</summary>
    public static IEnumerable<DocumentedBlock> Find(string page, string text) =>
        Block().Matches(text.ReplaceLineEndings("\n")).Select(match => new DocumentedBlock(page, text.AsSpan(0, match.Index).Count('\n') + 2, match.Groups[1].Value));

    /// <summary>Lists the pages that tell users what to type.</summary>
    public static IEnumerable<string> Pages() =>
        from place in (string[])[".", "docs", "docs/decisions", "docs/capacity", "weights", "client/Page", "k8s"]
        let folder = Path.Combine(RepositoryRoot.Path, place)
        where Directory.Exists(folder)
        from file in Directory.GetFiles(folder, "*.md").Order(StringComparer.Ordinal)
        where Path.GetFileName(file) != "CHANGELOG.md"                          // what was true once
        select Path.GetRelativePath(RepositoryRoot.Path, file);

    [GeneratedRegex(@"^```(?:bash|sh|shell|console)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\./cluster(?![\w./-])")]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=^|\s)#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
