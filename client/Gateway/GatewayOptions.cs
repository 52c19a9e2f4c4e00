using System.ComponentModel.DataAnnotations;

namespace Darkroom.Gateway;

/// <summary>What the gateway takes and gives. Configuration section: <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Gateway";

    /// <summary>Gets or sets the largest picture that is taken (bytes).</summary>
    /// <value>Default: 256 MiB, which is <c>Imaging:MaxFileSizeBytes</c>.</value>
    [Range(1024, 1L << 34)]
    public long MaxPictureBytes { get; set; } = 256L << 20;

    /// <summary>Gets or sets the largest JSON body (bytes), without the pictures in it: those are decoded while they arrive.</summary>
    /// <value>Default: 16 MiB.</value>
    [Range(1024, 1 << 28)]
    public int MaxJsonBytes { get; set; } = 16 << 20;

    /// <summary>Gets or sets the largest upload of a job, all its files together, and the largest zip archive (bytes).</summary>
    /// <value>Default: 4 GiB.</value>
    [Range(1024, 1L << 40)]
    public long MaxJobBytes { get; set; } = 4L << 30;

    /// <summary>Gets or sets for how long the answer to a request with an <c>Idempotency-Key</c> is kept.</summary>
    /// <value>Default: 24 hours, which is <c>Tenant:KeyLifetime</c>; shorter ones make a late repetition be answered anew.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ReplyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets how often a quiet event stream shows that it lives.</summary>
    /// <value>Default: 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan PingPeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets how slow the sender of a body may be, in bytes a second, before the request is given up.</summary>
    /// <value>Default: 1,024.</value>
    [Range(1, 1 << 30)]
    public double MinBytesPerSecond { get; set; } = 1024;

    /// <summary>Gets or sets how long a sender may be slower than that, and how long the headers of a request may take.</summary>
    /// <value>Default: 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:01.1", "00:05:00")]
    public TimeSpan SlowGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long requests under way may take once the gateway stops; then they are cut off, so that its silo has time to hand its runs over.</summary>
    /// <value>Default: 10 s, a part of <c>Management:GracePeriod</c>. Event streams end at once.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RequestGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how many silos run in this process, each with devices and models of its own.</summary>
    /// <value>Default: 1. With 0 the process is a client of silos that are other processes, which <c>Cluster:ConnectionString</c> finds.</value>
    [Range(0, 16)]
    public int Silos { get; set; } = 1;

    /// <summary>Gets or sets the folder of the built page.</summary>
    /// <value>Default: null, which is the folder <c>page</c> beside the program, or <c>client/Page/dist</c> in the nearest folder above that has it.</value>
    public string? PageFolder { get; set; }
}
