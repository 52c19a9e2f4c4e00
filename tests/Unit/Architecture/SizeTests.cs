using Xunit;

namespace Darkroom.Tests.Unit.Architecture;

/// <summary>A file over 300 lines has a second subject (STYLE, 10).</summary>
public sealed class SizeTests
{
    private const int CodeLimit = 400;
    private const int TestLimit = 500;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = [];

    [Fact]
    public void Code_File_StaysUnderItsLimit() =>
        Assert.Empty(TooLong([.. SourceTree.ProductFolders, "compat"], CodeLimit));

    [Fact]
    public void Tests_File_StaysUnderItsLimit() => Assert.Empty(TooLong(["tests"], TestLimit));

    [Fact]
    public void Exceptions_Each_IsStillNeededAndHasAReason()
    {
        foreach (var (path, reason) in Exceptions)
        {
            Assert.True(SourceTree.Lines(path).Length > CodeLimit, $"{path} is short enough now: take it off the list.");
            Assert.NotEmpty(reason);
        }
    }

    private static IEnumerable<string> TooLong(IEnumerable<string> folders, int limit) =>
        from path in SourceTree.Files(folders, ".cs")
        let lines = SourceTree.Lines(path).Length
        where lines > limit && !Exceptions.ContainsKey(path)
        select $"{path} has {lines} lines; {limit} are allowed";
}
