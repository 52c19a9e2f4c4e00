using Xunit;

namespace Darkroom.Tests.Unit.Documentation;

/// <summary>What the pages tell users to type is understood by today's programs: a new command with a wrong option fails here.</summary>
public sealed class DocumentedCommandTests
{
    public static TheoryData<string, int> Blocks() => [.. DocumentedBlock.FindAll().Select(block => (block.Page, block.Line))];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Block_EachCommand_IsUnderstood(string page, int line)
    {
        var block = DocumentedBlock.FindAll().Single(block => block.Page == page && block.Line == line);

        var commands = await block.ReadAsync();

        Assert.True(
            block.CommandCount == commands.Count,
            $"{page}:{line} has {block.CommandCount} commands, and the shell ran {commands.Count} of them. Where one reads a file, {nameof(DocumentedBlock)} must have it.");
        Assert.DoesNotContain(commands.Select(command => (Command: string.Join(' ', command), Fault: ClusterScript.FaultOf(command))), one => one.Fault is not null);
    }

    [Theory]
    [InlineData("./cluster restore PHOTO --pipline vlm-imi", "--pipline")]
    [InlineData("./cluster train llmra --config FILE --outptu DIR", "--outptu")]
    [InlineData("NAME=1 ./cluster checkpoint import DIR", "--as")]
    [InlineData("for n in 1 2; do ./cluster job stop $n; done", "stop")]
    [InlineData("printf x | ./cluster bench --gatway 60 | cat", "--gatway")]
    [InlineData("./cluster up --prot 80", "--prot")]
    [InlineData("./cluster key new TENANT --rolle user", "--rolle")]
    [InlineData("./cluster test Unti", "Unti")]
    [InlineData("./cluster dance", "dance")]
    public async Task Block_WrongCommand_IsNotUnderstood(string text, string cause)
    {
        var commands = await new DocumentedBlock("page.md", 1, text).ReadAsync();

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Contains(cause, ClusterScript.FaultOf(command), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Block_QuotesPipesAndComments_AreTheShells()
    {
        var block = new DocumentedBlock("page.md", 1, "./cluster restore a.jpg --instruction \"it's dark\" \\\n  -o 'b c.jpg' < photo.jpg | feh -   # not: ./cluster dance\n");

        var command = Assert.Single(await block.ReadAsync());

        Assert.Equal(["restore", "a.jpg", "--instruction", "it's dark", "-o", "b c.jpg"], command);
        Assert.Equal(1, block.CommandCount);
    }

    [Fact]
    public void Pages_WithCommands_AreFound()
    {
        var pages = DocumentedBlock.FindAll().Select(block => block.Page).ToHashSet();

        Assert.Superset(new HashSet<string> { "README.md", "docs/cli.md", "docs/training.md", "docs/checkpoints.md" }, pages);
    }

    public static TheoryData<string> Pages() => [.. DocumentedBlock.Pages()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Text_CommandsAndOptionsInIt_Exist(string page) =>
        Assert.DoesNotContain(DocumentedOptions.Find(File.ReadAllLines(Path.Combine(RepositoryRoot.Path, page))), one => one.Fault is not null);

    [Fact]
    public void Help_CommandsAndOptionsInIt_Exist()
    {
        var named = DocumentedOptions.FindInHelp(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "cluster"))).ToList();

        Assert.DoesNotContain(named, one => one.Fault is not null);
        // All but those that other names stand for, and that only scripts use.
        Assert.Superset(ClusterScript.Commands.Where(command => command[0] != '-').Except(["cluster", "suggest"]).ToHashSet(), named.Select(one => one.Command.Split(' ')[0]).ToHashSet());
    }

    [Theory]
    [InlineData("| `./cluster restore PHOTO [-o OUT] [--stenght 0..1]` | one photograph |", "--stenght")]
    [InlineData("`./cluster checkpoint import DIR --as NAME`, `list`, `--licence`", "--licence")]
    [InlineData("With `./cluster dance` it dances.", "dance")]
    public void Text_WrongOption_IsFound(string line, string cause) =>
        Assert.Contains(DocumentedOptions.Find([line]), one => one.Fault is { } fault && fault.Contains(cause, StringComparison.Ordinal));
}
