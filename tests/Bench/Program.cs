using Darkroom.Bench;
using Darkroom.Cli.CommandLine;
using Darkroom.Silo.Clustering;

return await new CommandHost("bench", Console.Error, error => error is ClusteringException ? ExitCode.BadInput : null).RunAsync(BenchCommands.Create(), args);
