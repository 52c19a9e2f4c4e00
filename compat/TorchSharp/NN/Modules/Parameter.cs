using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained. It takes over the tensor that it is made from, which is empty afterwards.</summary>
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : this(data.with_requires_grad(requires_grad), data.OwningDisposeScope)
        {
        }

        /// <summary>The parameter takes the place of the tensor in the tensor's scope, which need not be the current one.</summary>
        private Parameter(torch.Tensor data, DisposeScope? owner)
            : base(data.DecoupleFromNativeHandle())
        {
            if (owner is null)
            {
                DetachFromDisposeScope();
            }
            else if (!ReferenceEquals(owner, OwningDisposeScope))
            {
                MoveToOtherDisposeScope(owner);
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
            public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
