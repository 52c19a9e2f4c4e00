using Darkroom.Cli;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Terminals;

var terminal = Terminal.OfProcess();
return await new CommandHost("darkroom", terminal.Error, ClusterErrors.ExitCodeOf).RunAsync(DarkroomCommands.Create(terminal), args);
