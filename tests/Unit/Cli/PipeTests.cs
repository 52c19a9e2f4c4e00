using System.Diagnostics;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Tests.Unit.Imaging;
using Xunit;

namespace Darkroom.Tests.Unit.Cli;

/// <summary>The command line in a real shell: pictures through pipes.</summary>
public sealed class PipeTests : IDisposable
{
    private readonly TestFolder folder = new();

    public PipeTests()
    {
        Assert.SkipWhen(CommandLineProcess.ShippedModel is null, "weights/llmra-compact.safetensors is not there");
        ImageEncoder.EncodeFile(TestPictures.Smooth(40, 30), folder["photo.jpg"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restore_BetweenPipes_GivesThePictureAlone()
    {
        var error = await RunAsync("cat photo.jpg | ./cluster restore - --format png | cat > out.png", string.Empty);

        Assert.Equal(["0"], Codes());
        var header = new ImageDecoder(new ImagingOptions()).Identify(File.ReadAllBytes(folder["out.png"]));
        Assert.Equal((ImageFormat.Png, 40), (header.Format, header.Width));
        Assert.Contains("wrote  standard output", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./cluster restore - -o - --json < photo.jpg > out", "--json answers on standard output")]
    [InlineData("./cluster restore - -o - --previews 2 < photo.jpg > out", "--previews writes files")]
    [InlineData("echo no picture | ./cluster restore - > out", "is not an image")]
    [InlineData("./cluster restore photo.jpg --format png", "a file's extension says")]
    public async Task Restore_UnusablePipe_SaysWhy(string command, string cause)
    {
        var error = await RunAsync(command, string.Empty);

        Assert.Equal(["2"], Codes());
        Assert.Contains(cause, error, StringComparison.OrdinalIgnoreCase);
    }

    private string[] Codes() => File.ReadAllLines(folder["codes"]);

    private async Task<string> RunAsync(string script, string input)
    {
        var built = Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "tests", "Unit"), AppContext.BaseDirectory);
        var program = Path.Combine(RepositoryRoot.Path, "client", "Cli", built, "darkroom.dll");
        var start = new ProcessStartInfo("/bin/bash", ["--noprofile", "--norc", "-c", $"function ./cluster {{ dotnet {program} \"$@\"; echo $? >> codes; }}\n{script}"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DARKROOM_HOME"] = folder["home"];
        using var shell = Process.Start(start)!;
        await shell.StandardInput.WriteAsync(input);
        shell.StandardInput.Close();
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await Task.WhenAll(output, error, shell.WaitForExitAsync()).WaitAsync(TimeSpan.FromMinutes(5));
        return await error;
    }
}
