using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op allclose = new("allclose");
    internal static readonly Op bitwise_and_Tensor = new("bitwise_and", "Tensor");
    internal static readonly Op bitwise_and__Tensor = new("bitwise_and_", "Tensor");
    internal static readonly Op bitwise_left_shift_Tensor = new("bitwise_left_shift", "Tensor");
    internal static readonly Op bitwise_or_Tensor = new("bitwise_or", "Tensor");
    internal static readonly Op bitwise_or__Tensor = new("bitwise_or_", "Tensor");
    internal static readonly Op bitwise_right_shift_Tensor = new("bitwise_right_shift", "Tensor");
    internal static readonly Op bitwise_xor_Tensor = new("bitwise_xor", "Tensor");
    internal static readonly Op bitwise_xor__Tensor = new("bitwise_xor_", "Tensor");
    internal static readonly Op eq_Scalar = new("eq", "Scalar");
    internal static readonly Op eq_Tensor = new("eq", "Tensor");
    internal static readonly Op eq__Scalar = new("eq_", "Scalar");
    internal static readonly Op eq__Tensor = new("eq_", "Tensor");
    internal static readonly Op equal = new("equal");
    internal static readonly Op ge_Scalar = new("ge", "Scalar");
    internal static readonly Op ge_Tensor = new("ge", "Tensor");
    internal static readonly Op ge__Scalar = new("ge_", "Scalar");
    internal static readonly Op ge__Tensor = new("ge_", "Tensor");
    internal static readonly Op gt_Scalar = new("gt", "Scalar");
    internal static readonly Op gt_Tensor = new("gt", "Tensor");
    internal static readonly Op gt__Scalar = new("gt_", "Scalar");
    internal static readonly Op gt__Tensor = new("gt_", "Tensor");
    internal static readonly Op isclose = new("isclose");
    internal static readonly Op isin_Tensor_Tensor = new("isin", "Tensor_Tensor");
    internal static readonly Op le_Scalar = new("le", "Scalar");
    internal static readonly Op le_Tensor = new("le", "Tensor");
    internal static readonly Op le__Scalar = new("le_", "Scalar");
    internal static readonly Op le__Tensor = new("le_", "Tensor");
    internal static readonly Op logical_and = new("logical_and");
    internal static readonly Op logical_and_ = new("logical_and_");
    internal static readonly Op logical_or = new("logical_or");
    internal static readonly Op logical_or_ = new("logical_or_");
    internal static readonly Op logical_xor = new("logical_xor");
    internal static readonly Op logical_xor_ = new("logical_xor_");
    internal static readonly Op lt_Scalar = new("lt", "Scalar");
    internal static readonly Op lt_Tensor = new("lt", "Tensor");
    internal static readonly Op lt__Scalar = new("lt_", "Scalar");
    internal static readonly Op lt__Tensor = new("lt_", "Tensor");
    internal static readonly Op ne_Scalar = new("ne", "Scalar");
    internal static readonly Op ne_Tensor = new("ne", "Tensor");
    internal static readonly Op ne__Scalar = new("ne_", "Scalar");
    internal static readonly Op ne__Tensor = new("ne_", "Tensor");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Ops.eq_Tensor.Call(this, target);
        public Tensor eq(Scalar target) => Ops.eq_Scalar.Call(this, target);
        public Tensor eq_(Tensor target) => Ops.eq__Tensor.CallInPlace(this, target);
        public Tensor eq_(Scalar target) => Ops.eq__Scalar.CallInPlace(this, target);
        public Tensor ne(Tensor target) => Ops.ne_Tensor.Call(this, target);
        public Tensor ne(Scalar target) => Ops.ne_Scalar.Call(this, target);
        public Tensor ne_(Tensor target) => Ops.ne__Tensor.CallInPlace(this, target);
        public Tensor ne_(Scalar target) => Ops.ne__Scalar.CallInPlace(this, target);
        public Tensor lt(Tensor target) => Ops.lt_Tensor.Call(this, target);
        public Tensor lt(Scalar target) => Ops.lt_Scalar.Call(this, target);
        public Tensor lt_(Tensor target) => Ops.lt__Tensor.CallInPlace(this, target);
        public Tensor lt_(Scalar target) => Ops.lt__Scalar.CallInPlace(this, target);
        public Tensor le(Tensor target) => Ops.le_Tensor.Call(this, target);
        public Tensor le(Scalar target) => Ops.le_Scalar.Call(this, target);
        public Tensor le_(Tensor target) => Ops.le__Tensor.CallInPlace(this, target);
        public Tensor le_(Scalar target) => Ops.le__Scalar.CallInPlace(this, target);
        public Tensor gt(Tensor target) => Ops.gt_Tensor.Call(this, target);
        public Tensor gt(Scalar target) => Ops.gt_Scalar.Call(this, target);
        public Tensor gt_(Tensor target) => Ops.gt__Tensor.CallInPlace(this, target);
        public Tensor gt_(Scalar target) => Ops.gt__Scalar.CallInPlace(this, target);
        public Tensor ge(Tensor target) => Ops.ge_Tensor.Call(this, target);
        public Tensor ge(Scalar target) => Ops.ge_Scalar.Call(this, target);
        public Tensor ge_(Tensor target) => Ops.ge__Tensor.CallInPlace(this, target);
        public Tensor ge_(Scalar target) => Ops.ge__Scalar.CallInPlace(this, target);
        public Tensor greater(Tensor target) => Ops.gt_Tensor.Call(this, target);
        public Tensor greater_equal(Tensor target) => Ops.ge_Tensor.Call(this, target);
        public Tensor less(Tensor target) => Ops.lt_Tensor.Call(this, target);
        public Tensor less_equal(Tensor target) => Ops.le_Tensor.Call(this, target);
        public Tensor not_equal(Tensor target) => Ops.ne_Tensor.Call(this, target);
        public Tensor less_equal_(Tensor target) => Ops.le__Tensor.CallInPlace(this, target);
        public Tensor not_equal_(Tensor target) => Ops.ne__Tensor.CallInPlace(this, target);
        public Tensor equal(Tensor target) => Ops.eq_Tensor.Call(this, target);

        public Tensor logical_and(Tensor other) => Ops.logical_and.Call(this, other);
        public Tensor logical_and_(Tensor other) => Ops.logical_and_.CallInPlace(this, other);
        public Tensor bitwise_and(Tensor other) => Ops.bitwise_and_Tensor.Call(this, other);
        public Tensor bitwise_and_(Tensor other) => Ops.bitwise_and__Tensor.CallInPlace(this, other);
        public Tensor logical_or(Tensor other) => Ops.logical_or.Call(this, other);
        public Tensor logical_or_(Tensor other) => Ops.logical_or_.CallInPlace(this, other);
        public Tensor bitwise_or(Tensor other) => Ops.bitwise_or_Tensor.Call(this, other);
        public Tensor bitwise_or_(Tensor other) => Ops.bitwise_or__Tensor.CallInPlace(this, other);
        public Tensor logical_xor(Tensor other) => Ops.logical_xor.Call(this, other);
        public Tensor logical_xor_(Tensor other) => Ops.logical_xor_.CallInPlace(this, other);
        public Tensor bitwise_xor(Tensor other) => Ops.bitwise_xor_Tensor.Call(this, other);
        public Tensor bitwise_xor_(Tensor other) => Ops.bitwise_xor__Tensor.CallInPlace(this, other);
        public Tensor bitwise_left_shift(Tensor other) => Ops.bitwise_left_shift_Tensor.Call(this, other);
        public Tensor bitwise_right_shift(Tensor other) => Ops.bitwise_right_shift_Tensor.Call(this, other);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => Ops.isclose.Call(this, other, rtol, atol, nanEqual);
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) => Ops.allclose.CallBool(this, target, rtol, atol, equal_nan);
        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) => Ops.isin_Tensor_Tensor.Call(this, test_elements, assumeUnique, invert);

        public bool Equals(Tensor? target) => target is not null && Ops.equal.CallBool(this, target);
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>By identity: tensors change, and their values are far away on some devices.</summary>
        public override int GetHashCode() => base.GetHashCode();
    }
}
