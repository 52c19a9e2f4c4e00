using System.CommandLine;
using System.Globalization;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Devices;

namespace Darkroom.Cli.Status;

/// <summary><c>./cluster status</c>: what the cluster has and does.</summary>
internal static class ClusterCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal) => new("cluster", "Looks at the cluster.") { Status(terminal) };

    private static Command Status(Terminal terminal)
    {
        var command = new Command("status", "Tells the silos with their devices, queues and models; of a server to operators.") { CommonOptions.Json };
        ClusterTarget.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            var target = ClusterTarget.Read(result);
            await using var cluster = await ClusterConnection.OpenAsync(target, cancellationToken);
            var state = await cluster.GetStateAsync(cancellationToken);
            if (result.GetValue(CommonOptions.Json))
                JsonLine.Write(terminal.Out, state);
            else
                Write(terminal.Out, target, state);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(TextWriter writer, ClusterTarget target, ClusterState state)
    {
        writer.WriteLine($"{target}: {Amounts.Of(state.Silos.Count, "silo")}, {Amounts.Of(state.UnfinishedRuns, "unfinished run or job", "unfinished runs and jobs")}");
        foreach (var silo in state.Silos)
        {
            writer.WriteLine();
            writer.WriteLine(PlainText.Of($"silo {silo.Silo}{(silo.IsStopping ? ", stopping: it takes no new work" : string.Empty)}"));
            Columns.Write(writer, ["DEVICE", "STATE", "WAITING", "BUSY FOR", "IN MEMORY"], [.. silo.Devices.Select(Row)]);
            writer.WriteLine(PlainText.Of($"can load: {(silo.Models.Length == 0 ? "nothing" : string.Join(", ", silo.Models.Select(model => model == silo.DefaultModel ? $"{model} (default)" : model)))}"));
        }
    }

    private static string[] Row(DeviceReport device) =>
    [
        device.Device,
        device.IsHung ? "hangs" : device.ExpectedWork > TimeSpan.Zero || device.QueueDepth > 0 ? "working" : "idle",
        string.Create(CultureInfo.InvariantCulture, $"{device.QueueDepth} of {device.QueueCapacity}"),
        Amounts.Of(device.ExpectedWork),
        device.ResidentModels.Length == 0 ? "nothing" : string.Join(", ", device.ResidentModels),
    ];
}
