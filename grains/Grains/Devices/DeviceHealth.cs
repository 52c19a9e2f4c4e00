namespace Darkroom.Grains.Devices;

/// <summary>Tells the host whether the silo's devices come back from their work.</summary>
public sealed class DeviceHealth
{
    private readonly DeviceSet devices;

    internal DeviceHealth(DeviceSet devices) => this.devices = devices;

    /// <summary>Gets the devices that hang now.</summary>
    public IReadOnlyList<string> Hung => devices.Hung;

    /// <summary>Gets whether at least one device takes work.</summary>
    public bool IsAnyReady => devices.Hung.Count < devices.Count;
}
