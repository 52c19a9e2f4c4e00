using System.ComponentModel.DataAnnotations;
using static TorchSharp.torch;

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
    /// <value>Default: 16.</value>
    /// <remarks>Fewer are taken where measured passes show that more do not pay (<see cref="ProfileTime"/>), or where memory ran out.</remarks>
    [Range(1, 1024)]
    public int MaxBatchSize { get; set; } = 16;

    /// <summary>Gets or sets for how long passes of a model are measured when it is loaded for the first time on a device; the result is kept.</summary>
    /// <value>Default: 2 s, and one pass that warms up. Zero measures nothing: <see cref="MaxBatchSize"/> bounds the passes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ProfileTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how much memory the models of one device may take (MiB). The least recently used goes when another one needs the room.</summary>
    /// <value>Default: 0, which means half of the process's memory on the CPU, and as much as fits on a GPU.</value>
    /// <remarks>One model is always accepted, however large.</remarks>
    [Range(0, 16_777_216)]
    public int ModelMebibytes { get; set; }

    /// <summary>Gets or sets how long a model stays on a device at least before another one may take its place.</summary>
    /// <value>Default: 30 s: two models that are asked for by turns must not load all the time.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MinimumResidency { get; set; } = TimeSpan.FromSeconds(30);

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

    /// <summary>Tells how many bytes the models of a device may have.</summary>
    internal long ModelCapacityBytes(Device device)
    {
        if (ModelMebibytes > 0)
            return (long)ModelMebibytes << 20;
        // How much memory a GPU has is not told; when it runs out, models that nobody uses go.
        return device.type == TorchSharp.DeviceType.CPU ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 : long.MaxValue;
    }
}
