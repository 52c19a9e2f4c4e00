using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Grains.Tenants;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>The devices of a silo.</summary>
internal sealed class DeviceSet : IDisposable
{
    private readonly Dictionary<string, DeviceExecutor> executors;

    /// <summary>Starts a thread for each device.</summary>
    public DeviceSet(
        IPipelineLoader loader, IOptions<DeviceOptions> options, IOptionsMonitor<TenantOptions> tenants, TimeProvider time, ILogger<DeviceExecutor> logger, IBlobStore blobs)
    {
        executors = Names(options.Value).Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => new DeviceExecutor(name, loader, options.Value, time, logger, blobs, tenant => tenants.CurrentValue.ClassOf(tenant)), StringComparer.Ordinal);
    }

    /// <summary>Gets a device.</summary>
    /// <exception cref="DeviceUnavailableException">The silo has none of that name.</exception>
    public DeviceExecutor this[string name] => executors.TryGetValue(name, out var executor)
        ? executor
        : throw new DeviceUnavailableException($"This silo has no device '{name}'; it has {string.Join(", ", executors.Keys)}.");

    /// <summary>Gets the number of devices.</summary>
    public int Count => executors.Count;

    /// <summary>Gets the names of those that do not come back from their work.</summary>
    public IReadOnlyList<string> Hung => [.. executors.Values.Where(executor => executor.IsHung).Select(executor => executor.Name)];

    /// <summary>Tells what the devices hold and do.</summary>
    /// <param name="workspaces">The runs of the silo.</param>
    public IEnumerable<DeviceReport> Report(WorkspaceStore workspaces) => executors.Values.Select(executor => new DeviceReport(
        executor.Name, executor.QueueDepth, executor.QueueCapacity, [.. executor.Models.Resident], executor.IsHung,
        workspaces.ExpectedWork(executor), executor.Load.RunTime, executor.Load.LoadTime));

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        foreach (var executor in executors.Values)
            executor.Dispose();
    }

    private static IEnumerable<string> Names(DeviceOptions options)
    {
        if (options.Names.Count > 0)
            return options.Names;
        return cuda.is_available() ? Enumerable.Range(0, cuda.device_count()).Select(index => $"cuda:{index}") : ["cpu:0"];
    }
}
