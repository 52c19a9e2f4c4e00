using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;
using Darkroom.Models.Checkpoints;
using Darkroom.Workbench.Evaluation;
using Darkroom.Workbench.Training;

var root = new RootCommand("Trains and evaluates Darkroom's networks, without a cluster.")
{
    TrainCommand.Create(),
    EvalCommand.Create(Console.Out),
    DescribeCommand.Create(Console.Out),
};
var host = new CommandHost("workbench", Console.Error, error => error is ArgumentException or InvalidImageException or InvalidCheckpointException);
return await host.RunAsync(root, args);
