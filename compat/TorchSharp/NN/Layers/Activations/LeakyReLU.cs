using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double negativeSlope, bool inplace)
            : base(nameof(LeakyReLU))
        {
            negative_slope = negativeSlope;
            this.inplace = inplace;
        }

        public double negative_slope { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);

            public static partial class functional
            {
                private static readonly Op LeakyReluOp = new("leaky_relu");
                private static readonly Op LeakyReluInPlaceOp = new("leaky_relu_");

                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                    inplace ? LeakyReluInPlaceOp.CallInPlace(input, (Scalar)negative_slope).alias() : LeakyReluOp.Call(input, (Scalar)negative_slope);
            }
        }
    }
}
