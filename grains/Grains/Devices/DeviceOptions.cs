using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Devices;

/// <summary>The silo's devices and their limits. Configuration section: <c>Device</c>.</summary>
public sealed class DeviceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Device";

    /// <summary>Gets or sets the devices, such as <c>cpu:0</c> or <c>cuda:1</c>.</summary>
    /// <value>Default: empty, which means every CUDA device, or the CPU if there is none.</value>
    public IList<string> Names { get; set; } = [];

    /// <summary>Gets or sets how many threads one forward pass uses on the CPU.</summary>
    /// <value>Default: 0, which means all cores.</value>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Gets or sets the largest number of tiles in one forward pass.</summary>
    /// <value>Default: 8.</value>
    /// <remarks>Memory grows with it.</remarks>
    [Range(1, 1024)]
    public int MaxBatchSize { get; set; } = 8;

    /// <summary>Gets or sets how many work items may wait before new runs are told that the device is busy.</summary>
    /// <value>Default: 256.</value>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 256;

    /// <summary>Gets or sets how much memory the pixels of runs under way may take in the silo (MiB).</summary>
    /// <value>Default: 1024. One run is always accepted, however large.</value>
    [Range(1, 1_048_576)]
    public int WorkspaceMebibytes { get; set; } = 1024;

    /// <summary>Gets or sets how much memory encodings of tiles may take that later runs on the same pictures begin from (MiB, of the silo's devices together).</summary>
    /// <value>Default: 64: thousands of tiles of a latent model. 0 keeps none.</value>
    [Range(0, 1_048_576)]
    public int EncodedMebibytes { get; set; } = 64;

    /// <summary>Gets or sets after which time without a call a run's pixels may be dropped to make room for another run.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan WorkspaceIdle { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long one forward pass may take before the device counts as hanging: its runs go elsewhere.</summary>
    /// <value>Default: 5 minutes.</value>
    /// <remarks>Must be longer than the longest pass: <see cref="MaxBatchSize"/> tiles of the largest model.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HangTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets how long a model may take to load before the device counts as hanging.</summary>
    /// <value>Default: 30 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Gets or sets how often the silo tells the directory about its devices.</summary>
    /// <value>Default: 1 s; the directory forgets a silo after five silent seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:04")]
    public TimeSpan ReportPeriod { get; set; } = TimeSpan.FromSeconds(1);
}
