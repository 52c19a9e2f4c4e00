using System.ComponentModel.DataAnnotations;

namespace Darkroom.Grains.Runs;

/// <summary>How runs are driven. Configuration section: <c>Run</c>.</summary>
public sealed class RunOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Run";

    /// <summary>Gets or sets after how many steps a checkpoint is written; at most so many are repeated after a crash.</summary>
    /// <value>Default: 5. For pipelines of one step, see <see cref="CheckpointPeriod"/>.</value>
    [Range(1, 1000)]
    public int CheckpointEverySteps { get; set; } = 5;

    /// <summary>Gets or sets how often the finished tiles of a picture are noted where a tile takes one step.</summary>
    /// <value>Default: 1 s; what was finished since then is done again after a crash. A picture of one tile writes nothing.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan CheckpointPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets after how many steps a preview is decoded, stored and told with the progress.</summary>
    /// <value>Default: 0, which is never: a preview costs a decoding and a stored picture of up to 512 pixels.</value>
    /// <remarks>Where a tile takes one step, its finished tiles are shown, after as many of them; the gateway's program shows one after each fourth unless
    /// the configuration says otherwise. Of a picture that several devices work on, it shows the tiles of the one that puts the result together.</remarks>
    [Range(0, 1000)]
    public int PreviewEverySteps { get; set; }

    /// <summary>Gets or sets how many tiles of a picture a device gets at least when several work on it at once.</summary>
    /// <value>Default: 8: a picture of 16 tiles is large enough for two devices.</value>
    [Range(1, 1_000_000)]
    public int MinTilesPerPart { get; set; } = 8;

    /// <summary>Gets or sets how many devices work on one picture at most.</summary>
    /// <value>Default: 8. With 1 each picture has one device.</value>
    /// <remarks>A device takes part if it would begin within half the time that one device takes for the picture.</remarks>
    [Range(1, 1000)]
    public int MaxParts { get; set; } = 8;

    /// <summary>Gets or sets how long one call to a device may wait; progress is told as often.</summary>
    /// <value>Default: 0.5 s, well below the 30 s after which a grain call times out.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:20")]
    public TimeSpan CallWait { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Gets or sets how long a run waits for a device before it fails.</summary>
    /// <value>Default: 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan DeviceTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets how often in a row a device or the blob store may fail before the run fails.</summary>
    /// <value>Default: 5.</value>
    [Range(1, 100)]
    public int MaxFailures { get; set; } = 5;

    /// <summary>Gets or sets the first wait after a failure or a busy device; it doubles each time, up to 5 s.</summary>
    /// <value>Default: 0.1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.1);
}
