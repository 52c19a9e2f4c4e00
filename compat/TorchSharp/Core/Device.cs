using System.Globalization;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public class Device
    {
        public DeviceType type { get; }

        /// <summary>The ordinal, or -1 for the current device of that type.</summary>
        public int index { get; } = -1;

        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                throw new ArgumentException($"'{description}' is not a device: write a type (cpu, cuda, mps) or a type and an index (cuda:0)");
            type = ParseType(parts[0]);
            if (parts.Length == 2)
                index = int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        public Device(string deviceType, int index = -1) : this(ParseType(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index) : this(DeviceType.CUDA, index)
        {
        }

        internal DeviceType NativeType => type;

        /// <summary>libtorch wants -1 for the CPU, whatever its ordinal.</summary>
        internal int NativeIndex => type == DeviceType.CPU ? -1 : index;

        private static DeviceType ParseType(string name) => Enum.TryParse<DeviceType>(name, ignoreCase: true, out var parsed)
            && Enum.IsDefined(parsed) && !char.IsAsciiDigit(name[0])
            ? parsed
            : throw new ArgumentException($"'{name}' is not a type of device: use cpu, cuda or mps");

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index < 0 ? name : $"{name}:{index}";
        }
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);
    public static Device CUDA => new(DeviceType.CUDA);
    public static Device MPS => new(DeviceType.MPS);

    private static Device? defaultDevice;

    public static Device device(string description) => InitializeDevice(new(description));
    public static Device device(string deviceType, int index = -1) => InitializeDevice(new(deviceType, index));
    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new(deviceType, index));
    public static Device device(int index) => InitializeDevice(new(index));
    public static Device get_default_device() => defaultDevice ?? CPU;
    public static void set_default_device(Device device) => defaultDevice = InitializeDevice(device);
    public static void set_default_device(string device) => set_default_device(new Device(device));

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on this machine.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CUDA => cuda.is_available(),
        DeviceType.MPS => false,
        _ => true,
    };

    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        if (device.type != DeviceType.CPU)
            InitializeDeviceType(device.type);
        return device;
    }

    public static bool cuda_is_available() => cuda.is_available();
    public static bool mps_is_available() => false;

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;
        public static bool is_cudnn_available() => is_available() && Native.dk_cudnn_available() != 0;
        public static int device_count() => Native.dk_cuda_device_count();

        /// <summary>Waits for all kernels on the device.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.dk_cuda_synchronize(device is { index: >= 0 } ? device.index : 0));

        public static void manual_seed(long seed)
        {
            if (is_available())
                Generator.ForDevice(new Device(DeviceType.CUDA, 0)).manual_seed(seed);
        }

        public static void manual_seed_all(long seed)
        {
            for (int i = 0; i < device_count(); i++)
                Generator.ForDevice(new Device(DeviceType.CUDA, i)).manual_seed(seed);
        }
    }
}
