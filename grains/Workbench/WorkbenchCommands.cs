using System.CommandLine;
using Darkroom.Workbench.Capacity;
using Darkroom.Workbench.Evaluation;
using Darkroom.Workbench.Supply;
using Darkroom.Workbench.Training;

namespace Darkroom.Workbench;

/// <summary>All that this program can be asked.</summary>
internal static class WorkbenchCommands
{
    /// <summary>Makes the tree of its commands.</summary>
    public static RootCommand Create() => new("Trains and evaluates Darkroom's networks and simulates its load, without a cluster.")
    {
        TrainCommand.Create(),
        EvalCommand.Create(Console.Out),
        DescribeCommand.Create(Console.Out),
        NiqeCommand.Create(Console.Out),
        SimulateCommand.Create(Console.Out),
        SbomCommand.Create(),
    };
}
