using System.Collections.Concurrent;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Pipelines;

namespace Darkroom.Grains.Devices;

/// <summary>What the checkpoint files of a folder are for, read once from each file as long as nobody writes it.</summary>
internal sealed class PipelineFiles
{
    private readonly ConcurrentDictionary<string, (DateTime Written, string? Pipeline)> known = new(StringComparer.Ordinal);

    /// <summary>Tells the pipeline that a file is for.</summary>
    /// <returns>Its name, or null: the file is gone, damaged or says nothing. Whoever loads it hears what is wrong.</returns>
    public string? Find(string path)
    {
        try
        {
            var written = File.GetLastWriteTimeUtc(path);
            if (!known.TryGetValue(path, out var entry) || entry.Written != written)
                known[path] = entry = (written, PipelineLoader.PipelineOf(path));
            return entry.Pipeline;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidCheckpointException)
        {
            return null;
        }
    }
}
