using static TorchSharp.torch;

namespace Darkroom.Models.Checkpoints;

/// <summary>Moves the bytes of a file into tensors.</summary>
internal static class TensorCopy
{
    /// <summary>How much is read at once (bytes); what loading needs beside the tensors themselves.</summary>
    public const int PieceBytes = 8 << 20;

    /// <summary>Copies elements that lie one after another in a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">First byte of the tensor.</param>
    /// <param name="entry">The tensor.</param>
    /// <param name="target">Where to; converted and moved to its device as needed.</param>
    public static void Contiguous(RandomFile file, long offset, TensorEntry entry, Tensor target)
    {
        RequireShape(entry, target);
        if (entry.ByteCount == 0)
            return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var isDirect = target.is_contiguous();
        var flat = isDirect ? target.view(-1) : empty([target.numel()], dtype: target.dtype, device: target.device);
        var isSame = target.dtype == entry.Type && target.device.type == TorchSharp.DeviceType.CPU;
        var piece = PieceBytes / ElementTypes.SizeOf(entry.Type);
        var staging = isSame ? null : empty([Math.Min(piece, flat.numel())], dtype: entry.Type);
        for (long start = 0; start < flat.numel(); start += piece)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(piece, flat.numel() - start);
            var part = flat.narrow(0, start, count);
            var buffer = staging?.narrow(0, 0, count) ?? part;
            file.Read(offset + start * ElementTypes.SizeOf(entry.Type), buffer.bytes);
            if (staging is not null)
                part.copy_(buffer);
        }

        if (!isDirect)
            target.copy_(flat.view(target.shape));
    }

    /// <summary>Refuses a target of another shape than the stored tensor's.</summary>
    public static void RequireShape(TensorEntry entry, Tensor target)
    {
        if (!entry.Shape.SequenceEqual(target.shape))
            throw new ArgumentException($"Tensor '{entry.Name}' is [{string.Join(", ", entry.Shape)}]; the target is [{string.Join(", ", target.shape)}].");
    }
}
