using System.Security.Cryptography;
using System.Text;
using Darkroom.Contracts.Devices;

namespace Darkroom.Silo.Operator.Models;

/// <summary>On how many devices a model is.</summary>
/// <param name="Wanted">How many it is to be on.</param>
/// <param name="Resident">How many it is on.</param>
/// <param name="Fault">Why it is not on all of them, or null.</param>
/// <param name="Reason">The same in one word.</param>
internal sealed record Residency(int Wanted, int Resident, string Reason, string? Fault);

/// <summary>Has devices keep models in memory. They keep them for a while only: said again and again, a model stays as long as somebody says so.</summary>
internal sealed class ModelResidents(IGrainFactory grains, OperatorOptions options)
{
    // So often it may be said too late.
    private const int Periods = 3;

    /// <summary>Keeps a model on some devices: those that have it already first, and always the same ones.</summary>
    public async Task<Residency> KeepAsync(string model, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return new Residency(0, 0, "NotWanted", null);
        var devices = await ListAsync(model, cancellationToken);
        var chosen = devices.OrderByDescending(device => device.IsResident).ThenBy(device => Order(model, device.Key)).Take(count).ToList();
        var answers = await Task.WhenAll(chosen.Select(device => KeepAsync(device.Key, options.ResidencyPeriod * Periods, cancellationToken)));
        var resident = answers.Count(answer => answer.Outcome == KeepOutcome.Resident);
        if (answers.FirstOrDefault(answer => answer.Outcome is KeepOutcome.NoRoom or KeepOutcome.Failed) is { } failed)
            return new Residency(count, resident, failed.Outcome.ToString(), failed.Reason);
        if (resident == count)
            return new Residency(count, resident, "Resident", null);
        return chosen.Count < count
            ? new Residency(count, resident, "TooFewDevices", $"The model is to be on {count} devices; {devices.Count} can load it.")
            : new Residency(count, resident, "Loading", "The model is being loaded.");
    }

    /// <summary>Lets a model go: others may take its place from now on.</summary>
    public async Task ReleaseAsync(string model, CancellationToken cancellationToken) =>
        await Task.WhenAll((await ListAsync(model, cancellationToken)).Select(device => KeepAsync(device.Key, TimeSpan.Zero, cancellationToken)));

    // The same devices each time, and others for each model.
    private static string Order(string model, string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{model} {key}")));

    private async Task<List<(string Key, bool IsResident)>> ListAsync(string model, CancellationToken cancellationToken)
    {
        var silos = await grains.GetGrain<IDirectoryGrain>(IDirectoryGrain.Key).ListAsync(cancellationToken).WaitAsync(cancellationToken);
        return
        [
            .. from silo in silos
               where !silo.IsStopping && silo.Models.Contains(model)
               from device in silo.Devices
               where !device.IsHung
               select (new ModelGrainKey(silo.Silo, device.Device, model).ToString(), device.ResidentModels.Contains(model)),
        ];
    }

    // A silo that died a moment ago is still listed.
    private async Task<KeepResult> KeepAsync(string key, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.GetGrain<IModelGrain>(key).KeepAsync(duration, cancellationToken).WaitAsync(options.RequestTimeout, cancellationToken);
        }
#pragma warning disable CA1031 // The next round finds another device, or the same one.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new KeepResult(KeepOutcome.Failed, error.Message);
        }
    }
}
