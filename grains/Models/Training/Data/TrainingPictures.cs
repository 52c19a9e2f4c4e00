using System.Security.Cryptography;

namespace Darkroom.Models.Training.Data;

/// <summary>The clean pictures that a training takes its samples from.</summary>
/// <param name="tiles">The pictures, at least one; disposed with this.</param>
public sealed class TrainingPictures(IReadOnlyList<TrainingTile> tiles) : IDisposable
{
    /// <summary>Gets the pictures.</summary>
    public IReadOnlyList<TrainingTile> Tiles { get; } = tiles.Count > 0
        ? tiles
        : throw new ArgumentException("There is nothing to train on: give --data, or drawnPictures above 0.");

    /// <summary>Gets what identifies them: a hash of all pixels, 64 hexadecimal digits.</summary>
    public string Hash { get; } = HashOf(tiles);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tile in Tiles)
            tile.Dispose();
    }

    private static string HashOf(IReadOnlyList<TrainingTile> tiles)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tile in tiles)
            hash.AppendData(tile.Hash.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
