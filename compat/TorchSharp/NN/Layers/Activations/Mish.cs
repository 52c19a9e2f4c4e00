using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Mish : ParameterLessModule<Tensor, Tensor>
    {
        internal Mish(bool inplace)
            : base(nameof(Mish))
        {
            this.inplace = inplace;
        }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.mish(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Mish Mish() => new(false);

            public static Mish Mish(bool inplace) => new(inplace);

            public static partial class functional
            {
                private static readonly Op MishOp = new("mish");
                private static readonly Op MishInPlaceOp = new("mish_");

                public static Tensor mish(Tensor x, bool inplace = false) => inplace ? MishInPlaceOp.CallInPlace(x).alias() : MishOp.Call(x);
            }
        }
    }
}
