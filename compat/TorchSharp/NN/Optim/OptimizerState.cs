using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState(Parameter parameter)
{
    protected Parameter _parameter = parameter;

    public abstract void Initialize(OptimizerOptions options);

    public abstract void LoadStateDict(OptimizerState source);

    public abstract void LoadStateDict(BinaryReader reader);

    public abstract void SaveStateDict(BinaryWriter writer);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device)
    {
    }

    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor? result, Device device)
    {
        var present = reader.ReadBoolean();
        Replace(ref result, present ? Read(reader, device) : null);
    }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    /// <summary>The next tensor of the stream, owned by no scope.</summary>
    private protected static Tensor Read(BinaryReader reader, Device device)
    {
        var tensor = TensorExtensionMethods.Load(reader);
        return tensor.to(device, disposeAfter: true).DetachFromDisposeScope();
    }

    /// <summary>A zero tensor like the parameter, owned by no scope.</summary>
    private protected Tensor Zeros() => zeros_like(_parameter).DetachFromDisposeScope();

    /// <summary>A copy on the parameter's device, owned by no scope.</summary>
    private protected Tensor? Copy(Tensor? source) => source?.to(_parameter.device, copy: true).DetachFromDisposeScope();

    private protected static void Move(ref Tensor? tensor, Device device)
    {
        if (tensor is null)
        {
            return;
        }

        var moved = tensor.to(device).DetachFromDisposeScope();
        if (!ReferenceEquals(moved, tensor))
        {
            tensor.Dispose();
            tensor = moved;
        }
    }

    private protected static void Replace(ref Tensor? tensor, Tensor? value)
    {
        tensor?.Dispose();
        tensor = value;
    }

    private protected static bool Close(Tensor? left, Tensor? right) =>
        left is null ? right is null : right is not null && left.allclose(right);
}
