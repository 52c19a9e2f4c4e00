using Darkroom.Silo;
using Darkroom.Silo.Clustering;
using Darkroom.Silo.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// One silo: of a cluster of several processes if Cluster:ConnectionString is set, else a cluster by itself.
// Ctrl-C and SIGTERM hand its runs over; those of a cluster by itself go on when it is started again.
// "prepare-database" makes the tables of the membership instead, and ends.
try
{
    if (args is ["prepare-database", .. var rest])
    {
        SiloHost.PrepareDatabase(rest);
        return 0;
    }

    using var host = SiloHost.Build(args);
    await host.RunAsync();
    return 0;
}
catch (Exception error) when (error is ClusteringException or SecretFilesException or OptionsValidationException or IOException)
{
    await Console.Error.WriteLineAsync($"darkroom: {error.Message}");
    return 2;
}
