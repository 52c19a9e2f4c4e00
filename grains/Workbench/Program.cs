using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Training.Loop;
using Darkroom.Workbench.Capacity;
using Darkroom.Workbench.Evaluation;
using Darkroom.Workbench.Supply;
using Darkroom.Workbench.Training;

var root = new RootCommand("Trains and evaluates Darkroom's networks and simulates its load, without a cluster.")
{
    TrainCommand.Create(),
    EvalCommand.Create(Console.Out),
    DescribeCommand.Create(Console.Out),
    NiqeCommand.Create(Console.Out),
    SimulateCommand.Create(Console.Out),
    SbomCommand.Create(),
};
// A training stops after its step and writes a checkpoint, which takes a while for a large network.
var host = new CommandHost(
    "workbench", Console.Error,
    error => error is ArgumentException or InvalidImageException or InvalidCheckpointException or TrainingDivergedException or IOException or UnauthorizedAccessException,
    TimeSpan.FromMinutes(5));
return await host.RunAsync(root, args);
