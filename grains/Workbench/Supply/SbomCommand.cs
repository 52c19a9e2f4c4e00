using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Supply;

/// <summary><c>./cluster sbom -o FILE</c>: what the product is made of.</summary>
public static class SbomCommand
{
    private const string EpochKey = "SOURCE_DATE_EPOCH";
    private static readonly string[] Programs = ["Darkroom.Cli", "Darkroom.Gateway", "Darkroom.Silo"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var output = new Option<string>("--output", "-o") { Required = true, Description = "The file to write (CycloneDX 1.6, JSON)." };
        var root = new Option<string>("--root") { Required = true, Description = "The repository." };
        var locks = new Option<string>("--locks") { Required = true, Description = "The folder of the lock files." };
        var version = new Option<string>("--product-version") { Description = "The product's version.", DefaultValueFactory = _ => "0.0.0" };
        var command = new Command("sbom", "Lists what the product is made of, from the lock files.") { output, root, locks, version };
        command.SetAction(result => Write(
            OutputFile.Reserve(result.GetRequiredValue(output)), result.GetRequiredValue(root), result.GetRequiredValue(locks), result.GetRequiredValue(version)));
        return command;
    }

    private static void Write(OutputFile output, string root, string locks, string version)
    {
        var locked = Programs.SelectMany(program => PackageLock.ReadNuGet(Path.Combine(locks, $"{program}.lock.json")))
            .Concat(PackageLock.ReadNpm(Path.Combine(root, "client", "Page", "package-lock.json")));
        var weights = Directory.EnumerateFiles(Path.Combine(root, "weights"), "*.safetensors");
        var document = new BillOfMaterials(version, SourceTime()).Write(locked, weights);
        output.Write(stream => stream.Write(Encoding.UTF8.GetBytes(document.ToJsonString(Indented) + '\n')));
    }

    private static DateTimeOffset? SourceTime() => Environment.GetEnvironmentVariable(EpochKey) switch
    {
        null or "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= int.MaxValue => DateTimeOffset.FromUnixTimeSeconds(seconds),
        var text => throw new ArgumentException($"{EpochKey} is '{text}'; seconds since 1970 are allowed."),
    };
}
