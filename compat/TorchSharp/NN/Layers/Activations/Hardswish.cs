using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Hardswish : ParameterLessModule<Tensor, Tensor>
    {
        internal Hardswish(bool inplace)
            : base(nameof(Hardswish))
        {
            this.inplace = inplace;
        }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.hardswish(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Hardswish Hardswish(bool inplace = false) => new(inplace);

            public static partial class functional
            {
                private static readonly Op HardswishOp = new("hardswish");
                private static readonly Op HardswishInPlaceOp = new("hardswish_");

                public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? HardswishInPlaceOp.CallInPlace(input).alias() : HardswishOp.Call(input);
            }
        }
    }
}
