using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class InstanceNorm : NormBase
    {
        public InstanceNorm(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
            : base(num_features, eps, momentum ?? 0.1, affine, track_running_stats, device, dtype, name)
        {
        }

        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            var shape = input.shape;
            var featureDimension = shape.Length - (int)GetNumberOfBatchDimensions();
            if (shape[featureDimension] != num_features)
            {
                throw new ArgumentException(
                    $"expected input's size at dim={featureDimension} to match num_features ({num_features}), but got: {shape[featureDimension]}.");
            }

            if (featureDimension != 0)
            {
                return Normalize(input);
            }

            using var batch = input.unsqueeze(0);
            using var normalized = Normalize(batch);
            return normalized.squeeze(0);
        }

        protected abstract long GetNumberOfBatchDimensions();

        private Tensor Normalize(Tensor input) =>
            nn.functional.instance_norm(input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0.1, eps);
    }

    public sealed class InstanceNorm2d : InstanceNorm
    {
        internal InstanceNorm2d(long numFeatures, double eps, double momentum, bool affine, bool trackRunningStats, Device? device, ScalarType? dtype)
            : base(numFeatures, eps, momentum, affine, trackRunningStats, device, dtype, nameof(InstanceNorm2d))
        {
        }

        // Counted from the end: channels, height and width.
        protected override long GetNumberOfBatchDimensions() => 3;

        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.shape.Length is not (3 or 4))
            {
                throw new ArgumentException($"expected 3D or 4D input, but got {input.shape.Length}D input.");
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static InstanceNorm2d InstanceNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
