using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;
using static TorchSharp.torch;

namespace Darkroom.Silo.Clustering;

/// <summary>What only the official packages can do; not compiled without them (Darkroom.Silo.csproj).</summary>
public static partial class SiloClustering
{
    private const string Invariant = "Npgsql";
    private const string SchemaResource = "Darkroom.Silo.Clustering.postgresql.sql";
    private const int MissedProbes = 3;
    private static readonly TimeSpan ConnectPause = TimeSpan.FromSeconds(1);

    static partial void SayAvailable(ref bool isAvailable) => isAvailable = true;

    static partial void Wire(ISiloBuilder silo, SiloClusterOptions options)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.Configure<ClusterMembershipOptions>(membership =>
            (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (options.ProbeTimeout, MissedProbes));
        if (options.Address is { } address)
            silo.ConfigureEndpoints(IPAddress.Parse(address), options.SiloPort, options.GatewayPort, listenOnAnyHostAddress: true);
        else
            silo.ConfigureEndpoints(options.SiloPort, options.GatewayPort, listenOnAnyHostAddress: true);
        if (options.Kubernetes)
            silo.UseKubernetesHosting();
        silo.UseSiloMetadata(Metadata());

        var connection = options.ConnectionString!;
        switch (options.Provider)
        {
            case ClusterProvider.PostgreSql:
                if (options.PreparesDatabase)
                    MakeTables(connection);
                silo.UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = (Invariant, connection));
                silo.UseAdoNetReminderService(database => (database.Invariant, database.ConnectionString) = (Invariant, connection));
                break;
            case ClusterProvider.AzureTables:
                silo.UseAzureStorageClustering(tables => tables.TableServiceClient = new TableServiceClient(connection));
                silo.UseAzureTableReminderService(connection);
                break;
            default:
                throw new ClusteringException($"{SiloClusterOptions.SectionName}:{nameof(SiloClusterOptions.Provider)} is '{options.Provider}'.");
        }
    }

    static partial void WireClient(IClientBuilder client, SiloClusterOptions options)
    {
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        // A client that comes before the first silo waits for it.
        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(ConnectPause, cancellationToken);
            return true;
        });
        if (options.Provider != ClusterProvider.PostgreSql)
            throw new ClusteringException($"{SiloClusterOptions.SectionName}:{nameof(SiloClusterOptions.Provider)} is '{options.Provider}'; a gateway without a silo finds the silos in {ClusterProvider.PostgreSql} only.");
        client.UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = (Invariant, options.ConnectionString!));
    }

    // Whoever looks at the membership sees what a silo computes with; the directory has the numbers of this moment.
    private static Dictionary<string, string> Metadata() => new()
    {
        ["darkroom.device.kind"] = cuda.is_available() ? "cuda" : "cpu",
        ["darkroom.device.count"] = (cuda.is_available() ? cuda.device_count() : 1).ToString(CultureInfo.InvariantCulture),
        ["darkroom.memory.bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes.ToString(CultureInfo.InvariantCulture),
    };

    // Every statement may be said again; the lock keeps silos that start together from saying them at once.
    static partial void MakeTables(string connectionString)
    {
        using var stream = typeof(SiloClustering).Assembly.GetManifestResourceStream(SchemaResource)
            ?? throw new ClusteringException($"The silo was built without {SchemaResource}.");
        using var reader = new StreamReader(stream);
        try
        {
            using var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            using var transaction = connection.BeginTransaction();
#pragma warning disable CA2100 // The text is a resource of this assembly.
            using var command = new NpgsqlCommand(reader.ReadToEnd(), connection, transaction);
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            transaction.Commit();
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException)
        {
            throw new ClusteringException($"The database of {SiloClusterOptions.SectionName}:{nameof(SiloClusterOptions.ConnectionString)} cannot be used: {error.Message}", error);
        }
    }
}
