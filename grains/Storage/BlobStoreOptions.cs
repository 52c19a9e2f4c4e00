using System.ComponentModel.DataAnnotations;

namespace Darkroom.Storage;

/// <summary>Where and how blobs are kept. Configuration section: <c>BlobStore</c>.</summary>
public sealed class BlobStoreOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "BlobStore";

    /// <summary>Gets or sets where blobs are kept.</summary>
    /// <value>Default: <see cref="BlobStoreKind.Folder"/>.</value>
    public BlobStoreKind Kind { get; set; } = BlobStoreKind.Folder;

    /// <summary>Gets or sets the folder of <see cref="BlobStoreKind.Folder"/>; relative paths start at the current folder.</summary>
    /// <value>Default: null, which is <c>$DARKROOM_HOME/blobs</c>, and <c>~/.darkroom/blobs</c> without that variable.</value>
    public string? Folder { get; set; }

    /// <summary>Gets or sets a value indicating whether a folder's write waits until the disk has it.</summary>
    /// <value>Default: true. False is faster and may lose the last seconds in a power failure, never in a crash of the process.</value>
    public bool FlushToDisk { get; set; } = true;

    /// <summary>Gets or sets the age at which a temporary file that no process holds counts as left over and is deleted.</summary>
    /// <value>Default: 1 hour.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan StaleTempAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the connection string of <see cref="BlobStoreKind.Azure"/>.</summary>
    /// <value>Default: null; give this or <see cref="ServiceUri"/>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the address of the storage account, with a shared access signature unless a TokenCredential is registered or Azure's workload identity says who the pod is.</summary>
    /// <value>Default: null; give this or <see cref="ConnectionString"/>.</value>
    public Uri? ServiceUri { get; set; }

    /// <summary>Gets or sets the container of <see cref="BlobStoreKind.Azure"/>; it is created when it is missing.</summary>
    /// <value>Default: <c>darkroom</c>.</value>
    [RegularExpression("^(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*$", ErrorMessage = "BlobStore:Container takes 3 to 63 lower-case letters, digits and single hyphens.")]
    public string Container { get; set; } = "darkroom";

    /// <summary>Gets or sets how often a failed request to Azure is tried again.</summary>
    /// <value>Default: 5.</value>
    [Range(0, 20)]
    public int MaxRetries { get; set; } = 5;

    /// <summary>Gets or sets the wait before the first retry; each later one doubles it.</summary>
    /// <value>Default: 0.4 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.4);

    /// <summary>Gets or sets how long one try of a request may take.</summary>
    /// <value>Default: 100 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets the folder that is used: <see cref="Folder"/>, or the default of this machine.</summary>
    public string ResolvedFolder => string.IsNullOrWhiteSpace(Folder) ? Path.Combine(DefaultHome, "blobs") : Path.GetFullPath(Folder);

    // Environment variables are read once, at start.
    private static string DefaultHome { get; } =
        Environment.GetEnvironmentVariable("DARKROOM_HOME") is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".darkroom");
}
