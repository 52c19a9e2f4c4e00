using Darkroom.Bench.Fuzz;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary><c>darkroom checkpoint</c> as users run it.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Checkpoint_InitImportShowVerifyRemove_Works()
    {
        await RunAsync("init", "restormer", "--size", "nano", "--seed", "3", "-o", "nano");
        Assert.Contains("restormer", await RunAsync("import", "nano", "--as", "first", "--license", "MIT", "--dtype", "bf16"), StringComparison.Ordinal);
        Assert.Contains("MIT", await RunAsync("list"), StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"restormer\"", await RunAsync("show", "first", "--json"), StringComparison.Ordinal);
        Assert.Contains("every hash is right", await RunAsync("verify", "first"), StringComparison.Ordinal);
        Assert.Contains("pipeline  none by itself", await RunAsync("show", "first"), StringComparison.Ordinal);
        await RunAsync("import", "nano", "--as", "second");
        Assert.Contains("first, second", await RunAsync("combine", "first", "second", "--as", "both"), StringComparison.Ordinal);
        foreach (var name in (string[])["second", "both"])
            await RunAsync("remove", name);
        Assert.Contains("freed", await RunAsync("remove", "first"), StringComparison.Ordinal);
        Assert.Contains("no checkpoints", await RunAsync("list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "There is no file or folder")]
    [InlineData("empty", "holds no files of tensors")]
    [InlineData("calls.pth", "'os.system'")]
    [InlineData("truncated.pth", "truncated")]
    [InlineData("text.safetensors", "header")]
    [InlineData("other.pth", "not known")]
    public async Task Import_UnusableSource_SaysWhy(string name, string cause)
    {
        Make(name);
        await AssertRefusedAsync(cause, "import", name, "--as", "x");
    }

    [Theory]
    [InlineData("cannot be the name", "import", "calls.pth", "--as", "Not A Name")]
    [InlineData("must be one of", "import", "calls.pth", "--as", "x", "--layout", "zip")]
    [InlineData("must be one of", "import", "calls.pth", "--as", "x", "--dtype", "fp8")]
    [InlineData("--as", "import", "calls.pth")]
    [InlineData("There is no checkpoint 'x'", "show", "x")]
    [InlineData("There is no checkpoint 'x'", "verify", "x")]
    [InlineData("There is no checkpoint 'x'", "remove", "x")]
    [InlineData("exists already", "init", "restormer", "-o", "empty")]
    [InlineData("--size small is for vlm-imi", "init", "restormer", "--size", "small", "-o", "small")]
    [InlineData("unknown", "init", "unknown")]
    [InlineData("--seed", "init", "restormer", "--seed", "-1")]
    public async Task Checkpoint_UnusableArgument_SaysWhy(string cause, params string[] arguments)
    {
        Make("calls.pth");
        Make("empty");
        await AssertRefusedAsync(cause, arguments);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var result = await CommandLineProcess.DarkroomAsync(folder, ["checkpoint", .. arguments, "--data", "data"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    private async Task AssertRefusedAsync(string cause, params string[] arguments)
    {
        var before = folder.Names.ToList();
        var result = await CommandLineProcess.DarkroomAsync(folder, ["checkpoint", .. arguments]);
        Assert.Contains(cause, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, result.ExitCode);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'), line => line.StartsWith("darkroom: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, folder.Names);
    }

    private void Make(string name)
    {
        var sound = PickleBuilder.Zip(PickleBuilder.OneTensor(), ("0", PickleBuilder.Floats(1, 2, 3, 4)));
        switch (name)
        {
            case "empty":
                Directory.CreateDirectory(folder[name]);
                break;
            case "calls.pth":
                var call = new PickleBuilder().Raw(0x80, 2).Global("os", "system").Raw('(').Text("touch gotcha").Raw('t').Raw('R').Raw('.').ToArray();
                folder.Write(name, PickleBuilder.Zip(call));
                break;
            case "truncated.pth":
                folder.Write(name, sound.AsSpan(0, sound.Length - 30));
                break;
            case "text.safetensors":
                folder.Write(name, "A thousand words."u8);
                break;
            case "other.pth":
                folder.Write(name, sound);
                break;
        }
    }
}
