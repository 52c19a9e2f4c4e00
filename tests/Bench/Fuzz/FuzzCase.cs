using Darkroom.Models.Checkpoints;

namespace Darkroom.Bench.Fuzz;

/// <summary>Reads one damaged file as an import would.</summary>
internal static class FuzzCase
{
    /// <summary>Opens a file and reads every tensor of it.</summary>
    /// <returns>True when it was read, false when it was refused; whatever else happens is a fault of the reader and is thrown.</returns>
    public static bool Read(string path)
    {
        try
        {
            using var file = TensorFiles.Open(path);
            foreach (var name in file.Entries.Keys)
                file.Read(name).Dispose();
            using var converted = new SafetensorsStream(file);
            converted.CopyTo(Stream.Null);
            return true;
        }
        catch (InvalidCheckpointException)
        {
            return false;
        }
    }
}
