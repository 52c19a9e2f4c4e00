using System.ComponentModel.DataAnnotations;
using Darkroom.Silo.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Darkroom.Silo.Clustering;

/// <summary>Lets a silo join a cluster of several processes.</summary>
public static partial class SiloClustering
{
    /// <summary>Gets whether this build can: the official packages can, what stands in for them cannot.</summary>
    public static bool IsAvailable
    {
        get
        {
            var isAvailable = false;
            SayAvailable(ref isAvailable);
            return isAvailable;
        }
    }

    /// <summary>Reads the section <c>Cluster</c>.</summary>
    /// <exception cref="ClusteringException">A value is not allowed.</exception>
    public static SiloClusterOptions ReadOptions(IConfiguration configuration)
    {
        SiloClusterOptions options;
        try
        {
            options = configuration.GetSection(SiloClusterOptions.SectionName).Get<SiloClusterOptions>() ?? new SiloClusterOptions();
        }
        catch (InvalidOperationException error)
        {
            throw new ClusteringException($"{error.Message} {error.InnerException?.Message}".Trim(), error);
        }

        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
            ? options
            : throw new ClusteringException($"{SiloClusterOptions.SectionName}: {string.Join(" ", faults.Select(fault => fault.ErrorMessage))}");
    }

    /// <summary>Adds a silo that finds the others of its cluster as the options say.</summary>
    /// <exception cref="ClusteringException">This build cannot run in several processes.</exception>
    public static IHostApplicationBuilder AddClusteredSilo(this IHostApplicationBuilder builder, SiloClusterOptions options)
    {
        RequireAvailable();
        builder.AddDarkroomTelemetry();
        return builder.AddDarkroomSilo(silo => Wire(silo, options));
    }

    /// <summary>Adds a client of a cluster whose silos are other processes, instead of a silo.</summary>
    /// <exception cref="ClusteringException">This build cannot run in several processes.</exception>
    public static IHostApplicationBuilder AddClusterClient(this IHostApplicationBuilder builder, SiloClusterOptions options)
    {
        RequireAvailable();
        builder.AddDarkroomTelemetry();
        return builder.AddDarkroomClient(client => WireClient(client, options));
    }

    /// <summary>Makes the tables of a PostgreSQL database; those that are there stay as they are.</summary>
    /// <exception cref="ClusteringException">There is no such database, it cannot be used, or this build cannot run in several processes.</exception>
    public static void PrepareDatabase(SiloClusterOptions options)
    {
        RequireAvailable();
        if (!options.IsClustered || options.Provider != ClusterProvider.PostgreSql)
        {
            throw new ClusteringException(
                $"There is no database to prepare: {SiloClusterOptions.SectionName}:{nameof(SiloClusterOptions.Provider)} is {options.Provider} and {nameof(SiloClusterOptions.ConnectionString)} is {(options.IsClustered ? "given" : "missing")}; {ClusterProvider.PostgreSql} with a connection string is needed.");
        }

        MakeTables(options.ConnectionString!);
    }

    /// <summary>Refuses a build that cannot run in several processes.</summary>
    /// <exception cref="ClusteringException">It cannot.</exception>
    public static void RequireAvailable()
    {
        if (!IsAvailable)
        {
            throw new ClusteringException(
                "This build runs in one process. A cluster of several processes needs the official packages: PACKAGES=official ./cluster setup (NUGET_CONFIG=FILE names a feed that has them).");
        }
    }

    // All are written in the one file that only the official packages can compile.
    static partial void SayAvailable(ref bool isAvailable);

    static partial void Wire(ISiloBuilder silo, SiloClusterOptions options);

    static partial void WireClient(IClientBuilder client, SiloClusterOptions options);

    static partial void MakeTables(string connectionString);
}
