using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class ReLU6 : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU6(bool inplace)
            : base(nameof(ReLU6))
        {
            this.inplace = inplace;
        }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.relu6(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU6 ReLU6(bool inplace = false) => new(inplace);

            public static partial class functional
            {
                private static readonly Op Relu6Op = new("relu6");
                private static readonly Op Relu6InPlaceOp = new("relu6_");

                public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? Relu6InPlaceOp.CallInPlace(x).alias() : Relu6Op.Call(x);
            }
        }
    }
}
