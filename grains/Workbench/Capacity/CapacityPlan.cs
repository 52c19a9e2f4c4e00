using System.Text.Json;
using System.Text.Json.Serialization;
using Darkroom.Contracts.Runs;

namespace Darkroom.Workbench.Capacity;

/// <summary>What is simulated: who asks for what, and which devices there are to do it.</summary>
/// <param name="Pipelines">The ways to restore pictures.</param>
/// <param name="Pools">The devices.</param>
/// <param name="Streams">Who asks.</param>
/// <param name="DurationSeconds">How long it goes on, warm-up included.</param>
/// <param name="WarmUpSeconds">What happens until then is left out of all figures.</param>
/// <param name="HopSeconds">What passes between two pieces of work of a run on a device.</param>
/// <param name="Seed">Seed of all that is random.</param>
public sealed record CapacityPlan(
    IReadOnlyList<PipelinePlan> Pipelines,
    IReadOnlyList<PoolPlan> Pools,
    IReadOnlyList<StreamPlan> Streams,
    double DurationSeconds = 3600,
    double WarmUpSeconds = 300,
    double HopSeconds = 0.0002,
    int Seed = 1)
{
    private const double MaxSeconds = 366 * 86400.0;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads a plan.</summary>
    /// <exception cref="ArgumentException">It is no JSON of a plan, or has a value that is not allowed.</exception>
    public static CapacityPlan Parse(string text)
    {
        CapacityPlan? plan;
        try
        {
            plan = JsonSerializer.Deserialize<CapacityPlan>(text, Json);
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The plan cannot be read: {error.Message}", error);
        }

        _ = plan ?? throw new ArgumentException("The plan is null.");
        plan.Validate();
        return plan;
    }

    /// <summary>Writes the plan as it is read.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Makes a plan in which more, or less, comes in.</summary>
    /// <param name="factor">What pictures an hour and sessions are multiplied by; there is always one session.</param>
    public CapacityPlan Scaled(double factor) => this with
    {
        Streams = [.. Streams.Select(stream => stream with
        {
            ImagesPerHour = stream.ImagesPerHour * factor,
            Sessions = stream.Sessions is { } sessions ? (int)Math.Max(1, Math.Round(sessions * factor)) : null,
        })],
    };

    /// <summary>Makes a plan in which a pool has another number of devices.</summary>
    public CapacityPlan With(string pool, int devices) => this with { Pools = [.. Pools.Select(one => one.Name == pool ? one with { Devices = devices } : one)] };

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">One is not allowed.</exception>
    public void Validate()
    {
        Require(DurationSeconds is > 0 and <= MaxSeconds, "durationSeconds", DurationSeconds, "more than 0, at most a year");
        Require(WarmUpSeconds >= 0 && WarmUpSeconds < DurationSeconds, "warmUpSeconds", WarmUpSeconds, "0 and more, less than durationSeconds");
        Require(HopSeconds is >= 0 and <= 60, "hopSeconds", HopSeconds, "0 to 60");
        RequireNames("pipelines", Pipelines.Select(pipeline => pipeline.Name));
        RequireNames("pools", Pools.Select(pool => pool.Name));
        RequireNames("streams", Streams.Select(stream => stream.Name));
        foreach (var pipeline in Pipelines)
            pipeline.Validate();
        foreach (var pool in Pools)
            pool.Validate(Pipelines);
        foreach (var stream in Streams)
        {
            stream.Validate();
            if (!Pools.Any(pool => pool.Pipelines.Any(times => times.Pipeline == stream.Pipeline)))
                throw new ArgumentException($"The stream '{stream.Name}' asks for '{stream.Pipeline}', which no pool has times for.");
        }
    }

    /// <summary>Refuses a value.</summary>
    internal static void Require(bool isAllowed, string name, double value, string allowed)
    {
        if (!isAllowed || !double.IsFinite(value))
            throw new ArgumentException($"'{name}' is {value}; allowed are {allowed}.");
    }

    private static void RequireNames(string what, IEnumerable<string> names)
    {
        var list = names.ToList();
        if (list.Count == 0 || list.Exists(string.IsNullOrWhiteSpace) || list.Distinct(StringComparer.Ordinal).Count() != list.Count)
            throw new ArgumentException($"'{what}' has {list.Count} entries; there is at least one, and each has a name of its own.");
    }
}

/// <summary>A way to restore pictures: what a run is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Steps">Denoising steps of each tile.</param>
/// <param name="Pictures">How many tiles pictures have, and which share of them; one tile each if left out.</param>
/// <param name="BeforeSeconds">What passes before a run is on a device: reading and decoding the picture.</param>
/// <param name="AfterSeconds">What passes after its last work there: encoding and storing the result.</param>
/// <param name="CheckpointEverySteps">So many steps are lost at most when a device fails; after as many a run leaves the device's queue for a moment, and misses the pass that begins then.</param>
/// <param name="CheckpointSeconds">How long it does.</param>
public sealed record PipelinePlan(
    string Name,
    int Steps,
    IReadOnlyList<PictureShare>? Pictures = null,
    double BeforeSeconds = 0,
    double AfterSeconds = 0,
    int CheckpointEverySteps = 5,
    double CheckpointSeconds = 0)
{
    /// <summary>Checks the values.</summary>
    public void Validate()
    {
        CapacityPlan.Require(Steps is >= 1 and <= 1000, $"{Name}.steps", Steps, "1 to 1000");
        CapacityPlan.Require(BeforeSeconds >= 0, $"{Name}.beforeSeconds", BeforeSeconds, "0 and more");
        CapacityPlan.Require(AfterSeconds >= 0, $"{Name}.afterSeconds", AfterSeconds, "0 and more");
        CapacityPlan.Require(CheckpointEverySteps >= 1, $"{Name}.checkpointEverySteps", CheckpointEverySteps, "1 and more");
        CapacityPlan.Require(CheckpointSeconds >= 0, $"{Name}.checkpointSeconds", CheckpointSeconds, "0 and more");
        foreach (var picture in Pictures ?? [])
        {
            CapacityPlan.Require(picture.Tiles is >= 1 and <= 100_000, $"{Name}.pictures.tiles", picture.Tiles, "1 to 100,000");
            CapacityPlan.Require(picture.Share > 0, $"{Name}.pictures.share", picture.Share, "more than 0");
        }

        if (Pictures is { Count: 0 })
            throw new ArgumentException($"'{Name}.pictures' is empty; leave it out for pictures of one tile.");
    }
}

/// <summary>Pictures of a size.</summary>
/// <param name="Tiles">Their tiles.</param>
/// <param name="Share">Their share; the shares are taken in proportion to their sum.</param>
public sealed record PictureShare(int Tiles, double Share);

/// <summary>Devices of a kind.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Devices">How many there are.</param>
/// <param name="Pipelines">What they serve, and how fast.</param>
/// <param name="CostPerHour">What one costs, in whatever money.</param>
/// <param name="ResidentModels">How many pipelines a device has in its memory at once; all if null.</param>
/// <param name="HoursBetweenFailures">Mean time from one failure of a device to its next; null for none.</param>
/// <param name="RepairMinutes">How long it is away then.</param>
/// <param name="DetectSeconds">After which time its runs are taken up elsewhere.</param>
public sealed record PoolPlan(
    string Name,
    int Devices,
    IReadOnlyList<DeviceTimes> Pipelines,
    double CostPerHour = 0,
    int? ResidentModels = null,
    double? HoursBetweenFailures = null,
    double RepairMinutes = 10,
    double DetectSeconds = 5)
{
    /// <summary>Checks the values.</summary>
    public void Validate(IReadOnlyList<PipelinePlan> known)
    {
        CapacityPlan.Require(Devices is >= 1 and <= 100_000, $"{Name}.devices", Devices, "1 to 100,000");
        CapacityPlan.Require(CostPerHour >= 0, $"{Name}.costPerHour", CostPerHour, "0 and more");
        CapacityPlan.Require(ResidentModels is null or >= 1, $"{Name}.residentModels", ResidentModels ?? 1, "1 and more");
        CapacityPlan.Require(HoursBetweenFailures is null or > 0, $"{Name}.hoursBetweenFailures", HoursBetweenFailures ?? 1, "more than 0");
        CapacityPlan.Require(RepairMinutes > 0, $"{Name}.repairMinutes", RepairMinutes, "more than 0");
        CapacityPlan.Require(DetectSeconds >= 0, $"{Name}.detectSeconds", DetectSeconds, "0 and more");
        if (Pipelines.Count == 0 || Pipelines.Select(times => times.Pipeline).Distinct(StringComparer.Ordinal).Count() != Pipelines.Count)
            throw new ArgumentException($"'{Name}.pipelines' has {Pipelines.Count} entries; there is at least one, and each pipeline once.");
        foreach (var times in Pipelines)
        {
            if (!known.Any(pipeline => pipeline.Name == times.Pipeline))
                throw new ArgumentException($"'{Name}' has times for '{times.Pipeline}', which is not among the pipelines.");
            times.Validate(Name);
        }
    }
}

/// <summary>Who asks: so many pictures an hour, so many people one picture after another, or as it was noted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pipeline">What is asked for.</param>
/// <param name="Priority">Whether people wait for it: interactive goes before batch.</param>
/// <param name="ImagesPerHour">Pictures that come in an hour, at random; or null.</param>
/// <param name="Sessions">People who ask, wait for the result, think, and ask again; or null.</param>
/// <param name="ThinkSeconds">How long they think, on average.</param>
/// <param name="Tenants">Over how many tenants it is spread; devices share their time fairly among tenants.</param>
/// <param name="HourlyLoad">24 numbers, of each hour of the day, that <paramref name="ImagesPerHour"/> is multiplied by; null for 1 always.</param>
/// <param name="Arrivals">When pictures come (s), such as a cluster's own log has it; or null.</param>
public sealed record StreamPlan(
    string Name,
    string Pipeline,
    RunPriority Priority = RunPriority.Interactive,
    double? ImagesPerHour = null,
    int? Sessions = null,
    double ThinkSeconds = 60,
    int Tenants = 1,
    IReadOnlyList<double>? HourlyLoad = null,
    IReadOnlyList<double>? Arrivals = null)
{
    /// <summary>Checks the values.</summary>
    public void Validate()
    {
        var count = (ImagesPerHour is null ? 0 : 1) + (Sessions is null ? 0 : 1) + (Arrivals is null ? 0 : 1);
        if (count != 1)
            throw new ArgumentException($"The stream '{Name}' has {count} of 'imagesPerHour', 'sessions' and 'arrivals'; it has one of them.");
        CapacityPlan.Require(Arrivals?.All(at => at >= 0 && double.IsFinite(at)) != false, $"{Name}.arrivals", Arrivals?.Count ?? 0, "times of 0 and more");
        CapacityPlan.Require(ImagesPerHour is null or (> 0 and <= 1e9), $"{Name}.imagesPerHour", ImagesPerHour ?? 1, "more than 0, at most 1,000,000,000");
        CapacityPlan.Require(Sessions is null or (>= 1 and <= 10_000_000), $"{Name}.sessions", Sessions ?? 1, "1 to 10,000,000");
        CapacityPlan.Require(ThinkSeconds >= 0, $"{Name}.thinkSeconds", ThinkSeconds, "0 and more");
        CapacityPlan.Require(Tenants is >= 1 and <= 1_000_000, $"{Name}.tenants", Tenants, "1 to 1,000,000");
        if (HourlyLoad is not null && (HourlyLoad.Count != 24 || HourlyLoad.Any(load => !(load >= 0 && double.IsFinite(load))) || HourlyLoad.Max() == 0))
            throw new ArgumentException($"'{Name}.hourlyLoad' has {HourlyLoad.Count} numbers; it has 24, none below 0 and not all 0.");
    }
}
