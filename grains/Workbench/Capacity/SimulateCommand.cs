using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Capacity;

/// <summary><c>simulate PLAN</c>: what a cluster would do under a load, without the cluster.</summary>
internal static class SimulateCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the tables go.</param>
    public static Command Create(TextWriter output)
    {
        var plan = new Argument<string>("PLAN") { Description = "Plan in JSON: pipelines, pools of devices with their measured times, streams of requests (docs/capacity.md)." };
        var folder = new Option<string?>("--output", "-o") { Description = "Folder for simulation.jsonl and simulation.png; it is made if it is not there.", HelpName = "DIR" };
        var scale = Numbers.Real("--scale", 0.000_001, 1_000_000, "Multiplies what comes in: pictures an hour and sessions. Default 1.");
        var find = new Option<string?>("--find") { Description = "Finds the fewest devices of that pool that hold --wait.", HelpName = "POOL" };
        var wait = Numbers.Real("--wait", 0, 86_400, "With --find: what 95 of 100 interactive requests may wait at most for their first step (s). Default 1.");
        var command = new Command("simulate", "Simulates a cluster under a load: waits, utilisation, cost.") { plan, folder, scale, find, wait };
        command.SetAction(async (result, cancellationToken) =>
        {
            var given = CapacityPlan.Parse(await File.ReadAllTextAsync(result.GetValue(plan)!, cancellationToken)).Scaled(result.GetValue(scale) ?? 1);
            if (result.GetValue(find) is { } pool)
                given = await CapacitySearch.FindAsync(given, pool, result.GetValue(wait) ?? 1, output, cancellationToken);
            var report = new Simulation(given).Run(cancellationToken);
            await SimulationWriter.WriteTableAsync(output, given, report);
            if (result.GetValue(folder) is { } target)
                await SimulationWriter.WriteFilesAsync(target, report, output, cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }
}
