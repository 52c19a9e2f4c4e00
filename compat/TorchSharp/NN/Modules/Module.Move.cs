using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device.type, other.device.index, non_blocking);
            }

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                RequireAvailable(device.type);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                RequireAvailable(deviceType);
                _toEpilog(deviceType, deviceIndex, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, non_blocking);
                return this;
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceType == DeviceType.CPU ? -1 : deviceIndex), non_blocking);

            /// <summary>Converts children first, then replaces own parameters and buffers, also in the field or property that holds them.</summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is null && device is null)
                {
                    throw new ArgumentNullException(nameof(dtype), "The type and the device are both null.");
                }

                foreach (var (_, child) in named_children().ToList())
                {
                    _ = (device, dtype) switch
                    {
                        (null, _) => child._to(dtype!.Value, non_blocking),
                        (_, null) => child._to(device.type, device.index, non_blocking),
                        _ => child._to(device, dtype.Value, non_blocking),
                    };
                }

                foreach (var (parameterName, parameter) in named_parameters(false).ToList())
                {
                    if (ReplaceParameter(dtype, device, parameter, out var moved))
                    {
                        Assign(parameterName, moved!);
                        ConditionallyRegisterParameter(parameterName, moved);
                        parameter.Dispose();
                    }
                }

                foreach (var (bufferName, buffer) in named_buffers(false).ToList())
                {
                    if (ReplaceBuffer(dtype, device, buffer, out var moved))
                    {
                        Assign(bufferName, moved!);
                        ConditionallyRegisterBuffer(bufferName, moved);
                        buffer.Dispose();
                    }
                }

                if (device is not null)
                {
                    _deviceType = device.type;
                    _deviceIndex = device.index;
                }
            }

            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                var (targetType, targetDevice) = Target(dtype, device, buffer);
                if (!WouldCopy(buffer, targetType, targetDevice))
                {
                    return false;
                }

                result = buffer.to(targetType, targetDevice).DetachFromDisposeScope();
                return true;
            }

            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                var (targetType, targetDevice) = Target(dtype, device, param);
                if (!WouldCopy(param, targetType, targetDevice))
                {
                    return false;
                }

                // The copy must be a leaf of its own, not a node of the old parameter's graph.
                using var noGradient = no_grad();
                using var gradient = param.grad;
                p = new Parameter(param.to(targetType, targetDevice), param.requires_grad);
                p.DetachFromDisposeScope();
                if (gradient is not null)
                {
                    using var movedGradient = gradient.to(targetType, targetDevice);
                    p.grad = movedGradient;
                }

                return true;
            }

            private void Assign(string component, Tensor value)
            {
                foreach (var field in InstanceFields(GetType()))
                {
                    if (field.ComponentName() == component && field.FieldType.IsInstanceOfType(value))
                    {
                        field.SetValue(this, value);
                        return;
                    }
                }

                var property = GetType().GetProperty(component, BindingFlags.Public | BindingFlags.Instance);
                if (property is { CanWrite: true } && property.PropertyType.IsInstanceOfType(value))
                {
                    property.SetValue(this, value);
                }
            }

            private static (ScalarType Type, Device Device) Target(ScalarType? dtype, Device? device, Tensor tensor)
            {
                // Integer buffers, such as num_batches_tracked, keep their type.
                var convertible = tensor.is_floating_point() || tensor.is_complex();
                return (dtype is not null && convertible ? dtype.Value : tensor.dtype, device ?? tensor.device);
            }

            private static bool WouldCopy(Tensor tensor, ScalarType dtype, Device device)
            {
                var current = tensor.device;
                return tensor.dtype != dtype
                    || current.type != device.type
                    || (device.type != DeviceType.CPU && Math.Max(0, current.index) != Math.Max(0, device.index));
            }

            private static void RequireAvailable(DeviceType deviceType)
            {
                if (deviceType == DeviceType.CUDA && !cuda.is_available())
                {
                    throw new InvalidOperationException("CUDA is not available.");
                }
            }
        }
    }
}
