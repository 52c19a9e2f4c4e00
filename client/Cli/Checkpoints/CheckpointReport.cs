using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Cli.Output;
using Darkroom.Contracts.Catalog;
using Darkroom.Grains.Checkpoints;
using Darkroom.Grains.Checkpoints.Pipelines;

namespace Darkroom.Cli.Checkpoints;

/// <summary>Writes what checkpoints are, for people and for programs.</summary>
internal static class CheckpointReport
{
    private const int HashDigits = 12;

    /// <summary>Writes a line for each checkpoint of a server.</summary>
    public static void List(IReadOnlyList<CheckpointInfo> checkpoints, TextWriter writer, bool isJson)
    {
        if (!isJson)
        {
            Columns.Write(writer, ["CHECKPOINT", "PIPELINE", "STATE"], [.. checkpoints.Select(one => new[] { one.Name, one.Pipeline, one.IsWhole ? one.IsDefault ? "default" : "ready" : "not whole" })]);
            return;
        }

        foreach (var checkpoint in checkpoints)
            JsonLine.Write(writer, checkpoint);
    }

    /// <summary>Writes a line for each checkpoint.</summary>
    public static async Task ListAsync(IAsyncEnumerable<ListedCheckpoint> checkpoints, TextWriter writer, bool isJson)
    {
        var count = 0;
        await foreach (var (name, manifest, fault) in checkpoints)
        {
            count++;
            if (manifest is null)
            {
                await writer.WriteLineAsync(isJson ? JsonSerializer.Serialize(new { name, fault }) : $"{name,-24} {fault}");
                continue;
            }

            if (isJson)
            {
                await writer.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    name = manifest.Name,
                    layout = manifest.Layout,
                    license = manifest.License,
                    sizeBytes = manifest.SizeBytes,
                    components = manifest.Components.Select(component => component.Name),
                }));
                continue;
            }

            await writer.WriteLineAsync(
                $"{manifest.Name,-24} {manifest.Layout,-11} {Size(manifest.SizeBytes),9}  {manifest.License}  ({string.Join(", ", manifest.Components.Select(component => component.Name))})");
        }

        if (count == 0 && !isJson)
            await writer.WriteLineAsync("no checkpoints; bring one with './cluster checkpoint import DIR --as NAME'");
    }

    /// <summary>Writes everything about one checkpoint.</summary>
    public static void Show(CheckpointManifest manifest, TextWriter writer, bool isJson)
    {
        if (isJson)
        {
            // As it is kept, but on one line.
            writer.WriteLine(JsonNode.Parse(CheckpointStore.Write(manifest))!.ToJsonString());
            return;
        }

        Line("name", manifest.Name);
        Line("layout", manifest.Layout);
        Line("license", manifest.License);
        Line("source", string.Create(CultureInfo.InvariantCulture, $"{manifest.Source}, imported {manifest.Imported:yyyy-MM-dd HH:mm} UTC"));
        Line("size", Size(manifest.SizeBytes));
        Line("pipeline", StoredPipelines.Of(manifest) switch
        {
            null => "none by itself",
            { IsWhole: true, Tasks.Count: > 0 } plugins => $"{plugins.Pipeline} ({string.Join(", ", plugins.Tasks)})",
            { IsWhole: true } whole => whole.Pipeline,
            var part => $"{part.Pipeline}, but it lacks {string.Join(", ", part.Missing)}: import them too, and put them together with './cluster checkpoint combine'",
        });
        foreach (var component in manifest.Components)
        {
            Line("network", string.Create(
                CultureInfo.InvariantCulture,
                $"{component.Name} ({component.Kind}), {Count(component.ParameterCount)} parameters in {component.TensorCount} tensors, {string.Join(" and ", component.Types)}"));
            foreach (var blob in component.Weights)
                Blob(blob);
        }

        foreach (var blob in manifest.Files)
            Blob(blob);

        void Line(string name, string text) => writer.WriteLine($"{name,-9} {text}");

        void Blob(CheckpointBlob blob) => Line("file", $"{blob.Path}, {Size(blob.SizeBytes)}, sha256 {blob.Sha256[..HashDigits]}");
    }

    private static string Count(long number) => number switch
    {
        >= 100_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:F1} M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number:N0}"),
    };

    /// <summary>Writes a number of bytes in the unit that suits it.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };
}
