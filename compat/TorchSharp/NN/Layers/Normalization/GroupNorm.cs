using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private Parameter? storedWeight;

        [ComponentName(Name = "bias")]
        private Parameter? storedBias;

        internal GroupNorm(long numGroups, long numChannels, double eps, bool affine, Device? device, ScalarType? dtype)
            : base(nameof(GroupNorm))
        {
            num_groups = numGroups;
            this.eps = eps;
            this.affine = affine;
            if (affine)
            {
                weight = new Parameter(ones([numChannels], dtype, device));
                bias = new Parameter(zeros([numChannels], dtype, device));
            }
        }

        public long num_groups { get; set; }

        public double eps { get; set; }

        public bool affine { get; set; }

        public Parameter weight
        {
            get => storedWeight!;
            set => Replace(ref storedWeight, value, nameof(weight));
        }

        public Parameter? bias
        {
            get => storedBias;
            set => Replace(ref storedBias, value, nameof(bias));
        }

        public override Tensor forward(Tensor tensor)
        {
            if (tensor.shape.Length < 3)
            {
                throw new ArgumentException($"Invalid number of dimensions for GroupNorm argument: {tensor.shape.Length}", nameof(tensor));
            }

            return nn.functional.group_norm(tensor, num_groups, storedWeight, storedBias, eps);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_groups, num_channels, eps, affine, device, dtype);
        }
    }
}
