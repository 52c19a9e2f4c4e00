using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class SGD
{
    /// <summary>The momentum of one parameter; null until its first step.</summary>
    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public Tensor? momentum_buffer;

        public override void Initialize(OptimizerOptions options) => Replace(ref momentum_buffer, null);

        public override void LoadStateDict(OptimizerState source) => Replace(ref momentum_buffer, Copy(((State)source).momentum_buffer));

        public override void LoadStateDict(BinaryReader reader) =>
            LoadConditionalStateTensor(reader, ref momentum_buffer, _parameter.device);

        public override void SaveStateDict(BinaryWriter writer) => SaveConditionalStateTensor(writer, momentum_buffer);

        public override bool ApproximatelyEquals(OptimizerState other) => other is State state && Close(momentum_buffer, state.momentum_buffer);

        public override void to(Device device) => Move(ref momentum_buffer, device);

        public void Dispose() => momentum_buffer?.Dispose();

        internal void Accumulate(Tensor gradient, Options options)
        {
            if (momentum_buffer is null)
            {
                momentum_buffer = gradient.clone().DetachFromDisposeScope();
            }
            else
            {
                momentum_buffer.mul_(options.momentum!.Value).add_(gradient, 1 - options.dampening!.Value);
            }
        }
    }
}
