using System.ComponentModel.DataAnnotations;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;

namespace Darkroom.Grains.Tenants;

/// <summary>What tenants may. Configuration section: <c>Tenant</c>; a change counts from the next request on.</summary>
public sealed class TenantOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Tenant";

    /// <summary>The class of tenants for which none is set.</summary>
    public const string DefaultClass = "standard";

    // Each class multiplies the series of the measurements that have it.
    private const int MaxClasses = 16;

    /// <summary>Gets or sets how many runs of a tenant are under way at once; more wait for their turn.</summary>
    /// <value>Default: 256.</value>
    [Range(1, 100_000)]
    public int MaxConcurrentRuns { get; set; } = 256;

    /// <summary>Gets or sets how many of these places only interactive runs get, so that a job does not keep its owner waiting; a tenant with few places keeps at least one for jobs.</summary>
    /// <value>Default: 8.</value>
    [Range(0, 100_000)]
    public int ReservedForInteractive { get; set; } = 8;

    /// <summary>Gets or sets how many runs of a tenant wait for their turn; more are refused.</summary>
    /// <value>Default: 1,000.</value>
    [Range(0, 10_000)]
    public int MaxQueuedRuns { get; set; } = 1_000;

    /// <summary>Gets or sets how many seconds of devices a tenant may use within a day (UTC). Once they are used up, runs under way go on to their end, runs that wait for their turn wait for the next day, and further ones are refused.</summary>
    /// <value>Default: none, as much as there is.</value>
    /// <remarks>More is used than allowed by at most what <see cref="MaxConcurrentRuns"/> runs use: one that is under way tells what it used three times within <see cref="LeaseDuration"/>.</remarks>
    [Range(0.001, 1e9)]
    public double? DeviceSecondsPerDay { get; set; }

    /// <summary>Gets or sets other limits of single tenants, by their names.</summary>
    /// <value>Default: none. For example <c>Tenant:Overrides:acme:MaxConcurrentRuns</c>.</value>
    public Dictionary<string, TenantOverride> Overrides { get; set; } = [];

    /// <summary>Gets or sets how long a run keeps its place without being heard of; then it is asked whether it is still there.</summary>
    /// <value>Default: 1 minute. A run is heard of three times within it.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets whether a run that was not heard of in time is asked, which takes it up if its silo died; else its place is just taken back.</summary>
    /// <value>Default: true. The command line turns it off, as it does the supervisor.</value>
    public bool WakesSilentRuns { get; set; } = true;

    /// <summary>Gets or sets for how many days with usage the ledger is kept.</summary>
    /// <value>Default: 92, about 3 KB of state.</value>
    [Range(1, 1_000)]
    public int LedgerDays { get; set; } = 92;

    /// <summary>Gets or sets for how long an idempotency key is remembered: said again within this time, it is done once.</summary>
    /// <value>Default: 24 hours.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Gets or sets how many idempotency keys of a tenant are remembered; further ones are refused. They are spread over 16 states.</summary>
    /// <value>Default: 16,384, at most about 250 KB in each state.</value>
    [Range(16, 1_000_000)]
    public int MaxKeys { get; set; } = 16_384;

    /// <summary>Gets what a tenant may.</summary>
    public TenantLimits LimitsOf(string tenant)
    {
        var other = Overrides.GetValueOrDefault(tenant);
        return new TenantLimits(
            other?.MaxConcurrentRuns ?? MaxConcurrentRuns, other?.MaxQueuedRuns ?? MaxQueuedRuns, other?.DeviceSecondsPerDay ?? DeviceSecondsPerDay);
    }

    /// <summary>Gets the class of a tenant, which measurements have instead of its name.</summary>
    public string ClassOf(string tenant) => Overrides.GetValueOrDefault(tenant)?.Class ?? DefaultClass;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var classes = Overrides.Values.Select(limits => limits.Class).OfType<string>().Distinct().Count();
        if (classes > MaxClasses)
            yield return new ValidationResult($"{SectionName}:{nameof(Overrides)} has {classes} different values of {nameof(TenantOverride.Class)}; {MaxClasses} are allowed, since each multiplies the series of measurements.");
        foreach (var (tenant, limits) in Overrides)
        {
            var where = $"{SectionName}:{nameof(Overrides)}:{tenant}";
            if (BadName(tenant) is { } reason)
                yield return new ValidationResult($"{where}: {reason}");
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(limits, new ValidationContext(limits), faults, validateAllProperties: true);
            foreach (var fault in faults)
                yield return new ValidationResult($"{where}: {fault.ErrorMessage}", fault.MemberNames);
        }
    }

    private static string? BadName(string tenant)
    {
        try
        {
            SessionKey.Require(tenant, "tenant");
            return null;
        }
        catch (InvalidRequestException error)
        {
            return error.Message;
        }
    }
}

/// <summary>What one tenant may; what is not set is as for all.</summary>
public sealed class TenantOverride
{
    /// <summary>Gets or sets the tenant's class: the attribute <c>tenant.class</c> of measurements, by which waits and cost are told apart.</summary>
    /// <value>Default: <c>standard</c>. At most 16 different ones are allowed.</value>
    [RegularExpression("[a-z][a-z0-9-]{0,31}", ErrorMessage = "{0} must be lower-case letters, digits and hyphens, at most 32, a letter first.")]
    public string? Class { get; set; }

    /// <summary>Gets or sets how many runs are under way at once.</summary>
    /// <value>Default: as for all.</value>
    [Range(1, 100_000)]
    public int? MaxConcurrentRuns { get; set; }

    /// <summary>Gets or sets how many runs wait for their turn.</summary>
    /// <value>Default: as for all.</value>
    [Range(0, 10_000)]
    public int? MaxQueuedRuns { get; set; }

    /// <summary>Gets or sets how many seconds of devices are used within a day (UTC).</summary>
    /// <value>Default: as for all.</value>
    [Range(0.001, 1e9)]
    public double? DeviceSecondsPerDay { get; set; }
}
