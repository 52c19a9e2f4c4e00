using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.Clusters;

public sealed class ClusterTargetTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly Dictionary<string, string> environment = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_Nothing_IsTheClusterInThisProcess() => Assert.Equal(new ClusterTarget(null, null, null), Read());

    [Fact]
    public void Read_Environment_NamesServerAndKey()
    {
        (environment["DARKROOM_SERVER"], environment["DARKROOM_KEY"]) = ("https://darkroom.example/api", " dk_secret ");

        var target = Read();

        Assert.Equal(("https://darkroom.example/api", "dk_secret", false), (target.Server!.ToString(), target.Key, target.IsKeyExposed));
        Assert.DoesNotContain("secret", target.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Options_CountBeforeTheEnvironment()
    {
        (environment["DARKROOM_SERVER"], environment["DARKROOM_KEY"]) = ("https://darkroom.example", "dk_environment");
        File.WriteAllText(folder["key"], "dk_file\n");

        Assert.Equal("dk_file", Read("http://10.0.0.7:8080", keyFile: folder["key"]).Key);
        Assert.Equal("dk_option", Read("http://10.0.0.7:8080", key: "dk_option").Key);
        Assert.True(Read("http://10.0.0.7:8080").IsKeyExposed);
        Assert.False(Read("http://127.0.0.1:8080").IsKeyExposed);
        Assert.Equal(new ClusterTarget(null, null, "here"), Read(data: "here"));
    }

    [Fact]
    public void Read_KeyFileOfTheEnvironment_IsRead()
    {
        File.WriteAllText(folder["key"], "dk_file");
        (environment["DARKROOM_SERVER"], environment["DARKROOM_KEY_FILE"]) = ("https://darkroom.example", folder["key"]);

        Assert.Equal("dk_file", Read().Key);
    }

    [Theory]
    [InlineData("not an address", null, null, null, "--server is not an address")]
    [InlineData("ftp://darkroom.example", null, null, null, "--server is not an address")]
    [InlineData("https://me:dk_secret@darkroom.example", null, null, null, "--server is not an address")]
    [InlineData("https://darkroom.example?key=dk_secret", null, null, null, "--server is not an address")]
    [InlineData("https://darkroom.example", null, null, "here", "leave one of --server and --data out")]
    [InlineData("https://darkroom.example", "a", "b", null, "leave one of them out")]
    [InlineData("https://darkroom.example", "dk secret", null, null, "The key is empty, or has spaces")]
    [InlineData("https://darkroom.example", "", null, null, "The key is empty")]
    [InlineData("https://darkroom.example", null, "/no/such/file", null, "cannot be read")]
    [InlineData("https://darkroom.example", null, "/dev/zero", null, "a key is one line")]
    [InlineData(null, "dk_secret", null, null, "A key is for a server")]
    public void Read_Unusable_SaysWhyAndNeverTheKey(string? server, string? key, string? keyFile, string? data, string cause)
    {
        var error = Assert.Throws<InputException>(() => Read(server, key, keyFile, data));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hide_KeysAmongArguments_AreStars() =>
        Assert.Equal(
            ["darkroom", "job", "list", "--key", "***", "--key=***", "--key=***", "--key-file", "f"],
            Secrets.Hide(["darkroom", "job", "list", "--key", "dk_a", "--key=dk_b", "--key:dk_c", "--key-file", "f"]));

    private ClusterTarget Read(string? server = null, string? key = null, string? keyFile = null, string? data = null) =>
        ClusterTarget.Read(server, key, keyFile, data, name => environment.GetValueOrDefault(name));
}
