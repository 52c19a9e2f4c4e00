using Darkroom.Silo;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// One silo that is a cluster by itself. Ctrl-C and SIGTERM stop it cleanly; its runs go on when it is started again.
using var host = EmbeddedCluster.Build(new EmbeddedClusterOptions { LogLevel = LogLevel.Information }, args);
await host.RunAsync();
