using Darkroom.Grains.Devices;
using Darkroom.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Darkroom.Silo;

/// <summary>What a cluster inside this process needs to know. What is null is left to the configuration.</summary>
public sealed record EmbeddedClusterOptions
{
    /// <summary>Gets the folder of all blobs: pictures, sessions, runs.</summary>
    /// <value>Default: null, which is the blob store's own default.</value>
    public string? DataFolder { get; init; }

    /// <summary>Gets the folder of the checkpoints.</summary>
    /// <value>Default: null, which is the nearest folder <c>weights</c>.</value>
    public string? WeightsFolder { get; init; }

    /// <summary>Gets the number of threads of one forward pass.</summary>
    /// <value>Default: null, which is all cores.</value>
    public int? Threads { get; init; }

    /// <summary>Gets the port of the silo.</summary>
    /// <value>Default: null, which is a free one.</value>
    public int? SiloPort { get; init; }

    /// <summary>Gets the port of a silo of this process whose cluster to join.</summary>
    /// <value>Default: null, which makes a cluster of its own.</value>
    public int? PrimaryPort { get; init; }

    /// <summary>Gets the least important log entries that are written, to standard error.</summary>
    /// <value>Default: warnings.</value>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Gets what else to do to the host before it is built.</summary>
    /// <value>Default: null, which is nothing.</value>
    public Action<IHostApplicationBuilder>? Configure { get; init; }
}

/// <summary>Writes the options as settings.</summary>
internal static class EmbeddedClusterSettings
{
    /// <summary>Adds what is given.</summary>
    public static void AddSettings(this IConfigurationBuilder configuration, EmbeddedClusterOptions options)
    {
        var settings = new Dictionary<string, string?>
        {
            [$"{BlobStoreOptions.SectionName}:{nameof(BlobStoreOptions.Folder)}"] = options.DataFolder,
            [$"{ModelOptions.SectionName}:{nameof(ModelOptions.WeightsFolder)}"] = options.WeightsFolder,
            [$"{DeviceOptions.SectionName}:{nameof(DeviceOptions.Threads)}"] = options.Threads?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        configuration.AddInMemoryCollection(settings.Where(pair => pair.Value is not null));
    }
}
