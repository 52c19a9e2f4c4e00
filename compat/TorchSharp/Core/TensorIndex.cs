namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of an index: a number, a slice, a new axis, an ellipsis, a truth value or a tensor.</summary>
    public readonly struct TensorIndex
    {
        internal enum Kinds : byte
        {
            Slice,
            Single,
            None,
            Ellipsis,
            Bool,
            Tensor,
        }

        internal Kinds Kind { get; private init; }
        internal long? Start { get; private init; }
        internal long? Stop { get; private init; }
        internal long? Step { get; private init; }
        internal Tensor? Value { get; private init; }

        public static readonly TensorIndex None = new() { Kind = Kinds.None };
        public static readonly TensorIndex Null = None;
        public static readonly TensorIndex Ellipsis = new() { Kind = Kinds.Ellipsis };
        public static readonly TensorIndex Colon = Slice();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Kind = Kinds.Slice, Start = start, Stop = stop, Step = step };

        public static TensorIndex Slice((int? start, int? stop) range) => Slice(range.start, range.stop);

        public static TensorIndex Slice(Range range)
        {
            long start = range.Start.IsFromEnd ? -(long)range.Start.Value : range.Start.Value;
            long? stop = range.End.IsFromEnd ? (range.End.Value == 0 ? null : -(long)range.End.Value) : range.End.Value;
            return range.Start is { IsFromEnd: true, Value: 0 } ? Slice(long.MaxValue, stop) : Slice(start, stop);
        }

        public static TensorIndex Bool(bool value) => new() { Kind = Kinds.Bool, Start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => index is null ? None : new() { Kind = Kinds.Single, Start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Kind = Kinds.Tensor, Value = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -(long)index.Value : index.Value);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex((int? start, int? stop) range) => Slice(range);
    }
}
