using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training.Loop;
using Darkroom.Workbench;

// A training stops after its step and writes a checkpoint, which takes a while for a large network.
var host = new CommandHost(
    "workbench", Console.Error,
    error => error is ArgumentException or InvalidImageException or InvalidCheckpointException or TrainingDivergedException or IOException or UnauthorizedAccessException
        ? ExitCode.BadInput
        : null,
    TimeSpan.FromMinutes(5));
return await host.RunAsync(WorkbenchCommands.Create(), args);
