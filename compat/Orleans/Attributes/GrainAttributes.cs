using System.Globalization;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Orleans
{
    /// <summary>Names the grain type, which otherwise is the class name in lower case without "grain".</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainTypeAttribute : Attribute, IGrainTypeProviderAttribute
    {
        private readonly string _grainType;

        public GrainTypeAttribute(string grainType) => _grainType = grainType;

        public GrainType GetGrainType(IServiceProvider services, Type type) => GrainType.Create(_grainType);
    }

    /// <summary>How long a call of the method may take before the caller gets a TimeoutException.</summary>
    [AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface)]
    public sealed class ResponseTimeoutAttribute : Attribute
    {
        public ResponseTimeoutAttribute(string timeout) => Timeout = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);

        public TimeSpan? Timeout { get; init; }
    }

    /// <summary>The grain is never collected for being idle.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class KeepAliveAttribute : Attribute, IGrainPropertiesProviderAttribute
    {
        public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
            properties[WellKnownGrainTypeProperties.IdleDeactivationPeriod] = WellKnownGrainTypeProperties.IndefiniteIdleDeactivationPeriodValue;
    }

    /// <summary>How long the grain may be idle before it is deactivated.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class CollectionAgeLimitAttribute : Attribute, IGrainPropertiesProviderAttribute
    {
        public static readonly TimeSpan MinAgeLimit = TimeSpan.FromMinutes(1);

        private readonly TimeSpan? _limit;

        public CollectionAgeLimitAttribute()
        {
        }

        public CollectionAgeLimitAttribute(string inactivityPeriod) => _limit = TimeSpan.Parse(inactivityPeriod, CultureInfo.InvariantCulture);

        public double Days { private get; init; }

        public double Hours { private get; init; }

        public double Minutes { private get; init; }

        public bool AlwaysActive { private get; init; }

        public TimeSpan AgeLimit
        {
            get
            {
                if (AlwaysActive)
                    return Timeout.InfiniteTimeSpan;
                var limit = _limit ?? TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
                return limit < MinAgeLimit ? MinAgeLimit : limit;
            }
        }

        public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
            properties[WellKnownGrainTypeProperties.IdleDeactivationPeriod] = AlwaysActive
                ? WellKnownGrainTypeProperties.IndefiniteIdleDeactivationPeriodValue
                : AgeLimit.ToString("c", CultureInfo.InvariantCulture);
    }
}

namespace Orleans.Metadata
{
    /// <summary>An attribute that adds to the properties of a grain type.</summary>
    public interface IGrainPropertiesProviderAttribute
    {
        void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties);
    }

    /// <summary>An attribute that names a grain type.</summary>
    public interface IGrainTypeProviderAttribute
    {
        GrainType GetGrainType(IServiceProvider services, Type type);
    }

    /// <summary>Keys of grain properties.</summary>
    public static class WellKnownGrainTypeProperties
    {
        public const string TypeName = "type-name";
        public const string FullTypeName = "diag.type";
        public const string PlacementStrategy = "placement-strategy";
        public const string Reentrant = "reentrant";
        public const string MayInterleavePredicate = "may-interleave-predicate";
        public const string IdleDeactivationPeriod = "idle-duration";
        public const string IndefiniteIdleDeactivationPeriodValue = "indefinite";
    }
}

namespace Orleans.Providers
{
    /// <summary>Which storage holds the state of a <see cref="Grain{TGrainState}"/>.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class StorageProviderAttribute : Attribute
    {
        public string ProviderName { get; set; } = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
    }

    /// <summary>Names of default providers.</summary>
    public static class ProviderConstants
    {
        public const string DEFAULT_STORAGE_PROVIDER_NAME = "Default";
    }
}
