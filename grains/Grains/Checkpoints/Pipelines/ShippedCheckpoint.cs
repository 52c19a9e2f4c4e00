using System.Security.Cryptography;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Grains.Checkpoints.Pipelines;

/// <summary>A small trained checkpoint that ships in the folder <c>weights</c>, in the layout in which its paper's is published.</summary>
/// <remarks>
/// It is served from the store like every other, and is imported when it is first asked for. Its name there ends in a part of its
/// hash: what shipped with an earlier version is never taken for it, and nothing of the user's is replaced.
/// </remarks>
/// <param name="Pipeline">The pipeline that it is for.</param>
/// <param name="Folder">The folder.</param>
public sealed record ShippedCheckpoint(string Pipeline, string Folder)
{
    private const string WeightsFolder = "weights";
    private const string Suffix = "-nano";
    private const string License = "that of Darkroom";
    private const int HashDigits = 8;

    /// <summary>Finds what ships for a pipeline.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="from">Where to look first; the folders above it come after.</param>
    /// <returns>The checkpoint, or null: none ships, or it was deleted.</returns>
    public static ShippedCheckpoint? Find(string pipeline, string from)
    {
        for (var place = new DirectoryInfo(from); place is not null; place = place.Parent)
        {
            var folder = Path.Combine(place.FullName, WeightsFolder, pipeline + Suffix);
            if (Directory.Exists(folder))
                return new ShippedCheckpoint(pipeline, folder);
        }

        return null;
    }

    /// <summary>Whether a stored checkpoint is one that shipped with this version or an earlier one.</summary>
    /// <param name="name">Its name in the store.</param>
    /// <param name="pipeline">The pipeline that it is for.</param>
    public static bool IsName(string name, string pipeline)
    {
        var start = $"{pipeline}{Suffix}-";
        return name.StartsWith(start, StringComparison.Ordinal) && name.Length == start.Length + HashDigits && name[start.Length..].All(char.IsAsciiHexDigitLower);
    }

    /// <summary>Imports it, if that was not done before.</summary>
    /// <param name="store">Where to.</param>
    /// <param name="time">Clock for the manifest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its name in the store.</returns>
    /// <exception cref="InvalidCheckpointException">It is damaged.</exception>
    public async Task<string> ImportAsync(CheckpointStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = $"{Pipeline}{Suffix}-{Hash()}";
        if (await store.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            return name;
        try
        {
            await new CheckpointImporter(store, time).ImportAsync(new CheckpointImport(Folder, name, License: License), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidCheckpointException) when (store.FindAsync(name, cancellationToken).GetAwaiter().GetResult() is not null)
        {
            // Another process was faster.
        }

        return name;
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
    }
}
