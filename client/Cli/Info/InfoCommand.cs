using System.CommandLine;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Embedded;
using Darkroom.Cli.Terminals;

namespace Darkroom.Cli.Info;

/// <summary><c>darkroom info</c>: what the cluster in this process has, for <c>./cluster doctor</c>.</summary>
internal static class InfoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("info", "Starts the cluster and tells its devices, models and folders.") { CommonOptions.Data, CommonOptions.Model };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var cluster = await LocalCluster.StartAsync(result.GetValue(CommonOptions.Data), new ModelChoice(result.GetValue(CommonOptions.Model)), null, cancellationToken);
            foreach (var silo in (await cluster.GetStateAsync(cancellationToken)).Silos)
            {
                Line("silo", silo.Silo);
                Line("models", silo.Models.Length > 0 ? $"{string.Join(", ", silo.Models)} (default {silo.DefaultModel})" : "none: train one with './cluster train llmra', or give --model FILE");
                Line("devices", string.Join(", ", silo.Devices.Select(device => device.Device)));
            }

            Line("data", cluster.DataFolder);
            return ExitCode.Done;
        });
        return command;

        void Line(string name, string text) => terminal.Out.WriteLine($"{name,-8} {text}");
    }
}
