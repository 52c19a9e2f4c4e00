using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class AdamW
{
    /// <summary>The running moments of one parameter's gradient.</summary>
    public sealed class State(Parameter parameter) : OptimizerState(parameter), IDisposable
    {
        public long step;
        public Tensor? exp_avg;
        public Tensor? exp_avg_sq;
        public Tensor? max_exp_avg_sq;

        public override void Initialize(OptimizerOptions options)
        {
            step = 0;
            Replace(ref exp_avg, Zeros());
            Replace(ref exp_avg_sq, Zeros());
            Replace(ref max_exp_avg_sq, ((Options)options).amsgrad!.Value ? Zeros() : null);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            step = other.step;
            Replace(ref exp_avg, Copy(other.exp_avg));
            Replace(ref exp_avg_sq, Copy(other.exp_avg_sq));
            Replace(ref max_exp_avg_sq, Copy(other.max_exp_avg_sq));
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            Replace(ref exp_avg, Read(reader, _parameter.device));
            Replace(ref exp_avg_sq, Read(reader, _parameter.device));
            LoadConditionalStateTensor(reader, ref max_exp_avg_sq, _parameter.device);
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            exp_avg!.Save(writer);
            exp_avg_sq!.Save(writer);
            SaveConditionalStateTensor(writer, max_exp_avg_sq);
        }

        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && step == state.step && Close(exp_avg, state.exp_avg)
            && Close(exp_avg_sq, state.exp_avg_sq) && Close(max_exp_avg_sq, state.max_exp_avg_sq);

        public override void to(Device device)
        {
            Move(ref exp_avg, device);
            Move(ref exp_avg_sq, device);
            Move(ref max_exp_avg_sq, device);
        }

        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }
}
