namespace Darkroom.Storage.LocalFolder;

/// <summary>Where the files of a <see cref="FolderBlobStore"/> lie.</summary>
/// <remarks>
/// <code>
/// blobs/runs/42/latent#   the blob runs/42/latent: its bytes, then a <see cref="BlobTrailer"/>
/// temp/                   writes under way
/// locks/00 .. locks/3f    one lock for each 64th of all names
/// </code>
/// The mark <c>#</c>, which no name may hold, lets the blobs <c>a</c> and <c>a/b</c> stand side by side as file and folder.
/// </remarks>
internal sealed class FolderLayout
{
    public const char BlobMark = '#';
    public const int LockCount = 64;

    public FolderLayout(string root)
    {
        Root = Path.GetFullPath(root);
        Blobs = Path.Combine(Root, "blobs");
        Temp = Path.Combine(Root, "temp");
        Locks = Path.Combine(Root, "locks");
    }

    public string Root { get; }

    public string Blobs { get; }

    public string Temp { get; }

    public string Locks { get; }

    public void Create()
    {
        Directory.CreateDirectory(Blobs);
        Directory.CreateDirectory(Temp);
        Directory.CreateDirectory(Locks);
    }

    /// <summary>The file of a blob. The name is valid already, so the path cannot leave the folder.</summary>
    public string PathOf(string name) => Path.Combine(Blobs, name.Replace('/', Path.DirectorySeparatorChar) + BlobMark);

    public string NewTempPath() => Path.Combine(Temp, Guid.NewGuid().ToString("N"));

    public string LockPath(int bucket) => Path.Combine(Locks, bucket.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The lock of a name, the same in every process (string.GetHashCode is not).</summary>
    public static int LockBucket(string name)
    {
        var hash = 2166136261u;   // FNV-1a
        foreach (var c in name)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % LockCount);
    }
}
