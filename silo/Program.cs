using Darkroom.Silo;
using Darkroom.Silo.Clustering;
using Microsoft.Extensions.Hosting;

// One silo: of a cluster of several processes if Cluster:ConnectionString is set, else a cluster by itself.
// Ctrl-C and SIGTERM hand its runs over; those of a cluster by itself go on when it is started again.
try
{
    using var host = SiloHost.Build(args);
    await host.RunAsync();
    return 0;
}
catch (ClusteringException error)
{
    await Console.Error.WriteLineAsync($"darkroom: {error.Message}");
    return 2;
}
