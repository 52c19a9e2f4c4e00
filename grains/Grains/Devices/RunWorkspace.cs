using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;
using Darkroom.Imaging.Regions;
using Darkroom.Imaging.Tiles;
using Darkroom.Models.Pipelines;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>What a run has in the silo: pixels, latent, conditioning. Losing it costs time, never the run.</summary>
/// <remarks>One call at a time works on it; it is disposed when that call is over.</remarks>
internal sealed class RunWorkspace : IDisposable
{
    // Source, result and region: 3 + 3 + 1 planes of 4 bytes, and as much again less the region's for what decoding and encoding hold.
    private const long BytesPerPixel = 44;

    // A part has no result: the source, and what decoding holds.
    private const long PartBytesPerPixel = 24;

    private readonly Lock gate = new();
    private readonly CancellationTokenSource cancellation = new();
    private readonly ModelLease lease;
    private Task<RunAdvance>? advance;
    private Task<ImageRef>? finish;
    private bool isDisposed;
    private bool isYielding;

    /// <summary>Begins the work on a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="request">What it is to do.</param>
    /// <param name="source">The picture.</param>
    /// <param name="device">Name of the device that works on it.</param>
    /// <param name="lease">The use of the model; the workspace ends it.</param>
    /// <param name="prepared">What the device prepared; the workspace disposes it.</param>
    /// <param name="meter">Counts the device time; null begins at nothing.</param>
    /// <param name="part">The tiles to work on, or null for all and the result.</param>
    public RunWorkspace(
        string runId, RunRequest request, PlanarImage source, string device, ModelLease lease, PreparedRun prepared, DeviceMeter? meter = null, TileRange? part = null)
    {
        Id = part?.IdOf(runId) ?? runId;
        Meter = meter ?? new DeviceMeter();
        (RunId, Request, Source, Device, this.lease, Prepared) = (runId, request, source, device, lease, prepared);
        var profile = lease.Model.Pipeline.Profile;
        Plan = TilePlan.Create(source.Width, source.Height, profile.TileSize, profile.TileOverlap, profile.SizeMultiple);
        Blender = part is null ? new TileBlender(Plan, source) : null;
        Range = part ?? new TileRange(0, Plan.Tiles.Count);
        TilePixels = new float[3 * Plan.TileWidth * Plan.TileHeight];
        Class = new WorkClass(request.Priority, RunKey.Parse(runId).Tenant, Meter);
    }

    /// <summary>Gets what the calls name it by: the run, or a part of it.</summary>
    public string Id { get; }

    /// <summary>Gets the run.</summary>
    public string RunId { get; }

    /// <summary>Gets what the run is to do.</summary>
    public RunRequest Request { get; }

    /// <summary>Gets the picture to restore.</summary>
    public PlanarImage Source { get; }

    /// <summary>Gets the name of the device that works on it.</summary>
    public string Device { get; }

    /// <summary>Gets the model.</summary>
    public LoadedModel Model => lease.Model;

    /// <summary>Gets what the device prepared.</summary>
    public PreparedRun Prepared { get; }

    /// <summary>Gets the tiles.</summary>
    public TilePlan Plan { get; }

    /// <summary>Gets the tiles that are worked on here.</summary>
    public TileRange Range { get; private set; }

    /// <summary>Gets the result as far as it is, or null where only a part is worked on.</summary>
    public TileBlender? Blender { get; }

    /// <summary>Gets room for the pixels of the tile that is read or written: large arrays for each tile would have the garbage collector stop the silo.</summary>
    public float[] TilePixels { get; }

    /// <summary>Gets whose work it is.</summary>
    public WorkClass Class { get; }

    /// <summary>Gets or sets how much each pixel may change, or null if all may.</summary>
    public RegionMask? Region { get; set; }

    /// <summary>Gets what counts the device time of the run since it was begun or taken up here.</summary>
    public DeviceMeter Meter { get; }

    /// <summary>Gets or sets the next tile: those of the range before it have all their steps.</summary>
    public int TilesDone { get; set; }

    /// <summary>Gets or sets how many steps the next tile has.</summary>
    public int Step { get; set; }

    /// <summary>Gets or sets the latent of the next tile, or null before its first step.</summary>
    public Tensor? Latent { get; set; }

    /// <summary>Gets or sets what keeps the finished tiles, or null as long as none is to be kept.</summary>
    public TileKeeper? Keeper { get; set; }

    /// <summary>Gets or sets the last checkpoint if it holds no latent: the next one between two tiles has the same blob. Else null.</summary>
    public RunCheckpoint? Rest { get; set; }

    /// <summary>Gets or sets the picture that previews are drawn on, or null before the first one.</summary>
    public PlanarImage? Canvas { get; set; }

    /// <summary>Gets or sets the preview before the newest one, or null.</summary>
    public ImageRef? OldPreview { get; set; }

    /// <summary>Gets or sets the newest preview, or null.</summary>
    public ImageRef? Preview { get; set; }

    /// <summary>Gets how many steps of all its tiles are left.</summary>
    public long StepsLeft => ((long)(Range.End - TilesDone) * Prepared.StepCount) - Step;

    /// <summary>Gets whether something is being done.</summary>
    public bool IsWorking => advance is { IsCompleted: false } || finish is { IsCompleted: false };

    /// <summary>Gets whether steps are under way, or were taken and not yet answered.</summary>
    public bool IsAdvancing
    {
        get
        {
            lock (gate)
                return advance is not null;
        }
    }

    /// <summary>Gets whether the steps under way stop after the next one.</summary>
    public bool IsYielding => Volatile.Read(ref isYielding);

    /// <summary>Gets or sets when it was last asked for (<see cref="TimeProvider.GetTimestamp"/>).</summary>
    public long LastUsed { get; set; }

    /// <summary>Gets whether every tile of the range has all its steps.</summary>
    public bool IsDone => TilesDone >= Range.End;

    /// <summary>Gets whether nobody else works on the picture.</summary>
    public bool IsAlone => Range.Count == Plan.Tiles.Count;

    /// <summary>Gets about how much memory it takes.</summary>
    public long SizeBytes => EstimateBytes(Source.Width, Source.Height, isPart: Blender is null);

    /// <summary>Tells about how much memory a run on a picture takes, or a part of it.</summary>
    public static long EstimateBytes(int width, int height, bool isPart = false) => (long)width * height * (isPart ? PartBytesPerPixel : BytesPerPixel);

    /// <summary>Turns to some of the tiles; nothing is being done meanwhile. If they are not those that come next, the first one is begun.</summary>
    public void TurnTo(TileRange range)
    {
        if (range == Range || isDisposed)
            return;
        Range = range;
        if (TilesDone >= range.First && TilesDone <= range.End)
            return;
        Latent?.Dispose();
        Keeper?.Dispose();
        (TilesDone, Step, Latent, Keeper, Rest) = (range.First, 0, null, null, null);
    }

    /// <summary>Makes the context of the next tile's next step.</summary>
    public StepContext Context() => new(Prepared.Conditioning, Step, Prepared.StepCount, Request.Settings.Seed, TilesDone);

    /// <summary>Lets the steps under way stop after the next one, so that the run can go elsewhere.</summary>
    public void Yield() => Volatile.Write(ref isYielding, true);

    /// <summary>Begins to take steps, unless that is under way already or was not yet answered.</summary>
    /// <returns>The steps that are under way now.</returns>
    public Task<RunAdvance> BeginAdvance(Func<CancellationToken, Task<RunAdvance>> work)
    {
        lock (gate)
            return advance ??= Start(work);
    }

    /// <summary>Notes that the steps were answered: the next call takes further ones.</summary>
    public void EndAdvance(Task<RunAdvance> answered)
    {
        lock (gate)
        {
            if (advance == answered)
                advance = null;
        }
    }

    /// <summary>Begins to finish, unless that is under way already.</summary>
    public Task<ImageRef> BeginFinish(Func<CancellationToken, Task<ImageRef>> work)
    {
        lock (gate)
            return finish ??= Start(work);
    }

    /// <summary>Stops the work; what is in the hands of the device is freed as soon as the device lets go of it.</summary>
    public void Dispose()
    {
        Task[] working;
        lock (gate)
        {
            if (isDisposed)
                return;
            isDisposed = true;
            working = [.. new Task?[] { advance, finish }.OfType<Task>().Where(task => !task.IsCompleted)];
        }

        cancellation.Cancel();
        if (working.Length == 0)
            Free();
        else
            Task.WhenAll(working).MayGoUnheard().ContinueWith(_ => Free(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Task<T> Start<T>(Func<CancellationToken, Task<T>> work)
    {
        if (isDisposed)
            return Task.FromCanceled<T>(new CancellationToken(canceled: true));
        var token = cancellation.Token;
        return Task.Run(() => work(token), token).MayGoUnheard();
    }

    private void Free()
    {
        Latent?.Dispose();
        Latent = null;
        Keeper?.Dispose();
        Prepared.Conditioning.Dispose();
        lease.Dispose();
        cancellation.Dispose();
    }
}

/// <summary>What the device made of a run's picture and words.</summary>
/// <param name="Conditioning">What steers the model; owned by the workspace.</param>
/// <param name="StepCount">Steps of each tile.</param>
/// <param name="Description">The describer's sentences, or null.</param>
/// <param name="Instruction">The text that steers the model.</param>
internal sealed record PreparedRun(Conditioning Conditioning, int StepCount, string? Description, string Instruction);

/// <summary>What came of advancing a run.</summary>
/// <param name="Checkpoint">The checkpoint that was written, or null.</param>
internal sealed record RunAdvance(RunCheckpoint? Checkpoint);
