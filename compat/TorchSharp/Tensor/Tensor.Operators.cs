using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op add_Scalar = new("add", "Scalar");
    internal static readonly Op add_Tensor = new("add", "Tensor");
    internal static readonly Op bitwise_and_Tensor = new("bitwise_and", "Tensor");
    internal static readonly Op bitwise_not = new("bitwise_not");
    internal static readonly Op bitwise_or_Tensor = new("bitwise_or", "Tensor");
    internal static readonly Op bitwise_xor_Tensor = new("bitwise_xor", "Tensor");
    internal static readonly Op div_Scalar = new("div", "Scalar");
    internal static readonly Op div_Tensor = new("div", "Tensor");
    internal static readonly Op eq_Scalar = new("eq", "Scalar");
    internal static readonly Op eq_Tensor = new("eq", "Tensor");
    internal static readonly Op ge_Scalar = new("ge", "Scalar");
    internal static readonly Op ge_Tensor = new("ge", "Tensor");
    internal static readonly Op gt_Scalar = new("gt", "Scalar");
    internal static readonly Op gt_Tensor = new("gt", "Tensor");
    internal static readonly Op le_Scalar = new("le", "Scalar");
    internal static readonly Op le_Tensor = new("le", "Tensor");
    internal static readonly Op lt_Scalar = new("lt", "Scalar");
    internal static readonly Op lt_Tensor = new("lt", "Tensor");
    internal static readonly Op mul_Scalar = new("mul", "Scalar");
    internal static readonly Op mul_Tensor = new("mul", "Tensor");
    internal static readonly Op ne_Scalar = new("ne", "Scalar");
    internal static readonly Op ne_Tensor = new("ne", "Tensor");
    internal static readonly Op neg = new("neg");
    internal static readonly Op reciprocal = new("reciprocal");
    internal static readonly Op remainder_Scalar = new("remainder", "Scalar");
    internal static readonly Op remainder_Tensor = new("remainder", "Tensor");
    internal static readonly Op rsub_Scalar = new("rsub", "Scalar");
    internal static readonly Op sub_Scalar = new("sub", "Scalar");
    internal static readonly Op sub_Tensor = new("sub", "Tensor");
}

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Ops.add_Tensor.Call(left, right);
        public static Tensor operator +(Tensor left, Scalar right) => Ops.add_Scalar.Call(left, right);
        public static Tensor operator +(Tensor left, int right) => Ops.add_Scalar.Call(left, right);
        public static Tensor operator +(Tensor left, long right) => Ops.add_Scalar.Call(left, right);
        public static Tensor operator +(Tensor left, float right) => Ops.add_Scalar.Call(left, right);
        public static Tensor operator +(Tensor left, double right) => Ops.add_Scalar.Call(left, right);
        public static Tensor operator +(Scalar left, Tensor right) => Ops.add_Scalar.Call(right, left);
        public static Tensor operator +(int left, Tensor right) => Ops.add_Scalar.Call(right, left);
        public static Tensor operator +(long left, Tensor right) => Ops.add_Scalar.Call(right, left);
        public static Tensor operator +(float left, Tensor right) => Ops.add_Scalar.Call(right, left);
        public static Tensor operator +(double left, Tensor right) => Ops.add_Scalar.Call(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => Ops.sub_Tensor.Call(left, right);
        public static Tensor operator -(Tensor left, Scalar right) => Ops.sub_Scalar.Call(left, right);
        public static Tensor operator -(Tensor left, int right) => Ops.sub_Scalar.Call(left, right);
        public static Tensor operator -(Tensor left, long right) => Ops.sub_Scalar.Call(left, right);
        public static Tensor operator -(Tensor left, float right) => Ops.sub_Scalar.Call(left, right);
        public static Tensor operator -(Tensor left, double right) => Ops.sub_Scalar.Call(left, right);
        public static Tensor operator -(Scalar left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        public static Tensor operator -(int left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        public static Tensor operator -(long left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        public static Tensor operator -(float left, Tensor right) => Ops.rsub_Scalar.Call(right, left);
        public static Tensor operator -(double left, Tensor right) => Ops.rsub_Scalar.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => Ops.mul_Tensor.Call(left, right);
        public static Tensor operator *(Tensor left, Scalar right) => Ops.mul_Scalar.Call(left, right);
        public static Tensor operator *(Tensor left, int right) => Ops.mul_Scalar.Call(left, right);
        public static Tensor operator *(Tensor left, long right) => Ops.mul_Scalar.Call(left, right);
        public static Tensor operator *(Tensor left, float right) => Ops.mul_Scalar.Call(left, right);
        public static Tensor operator *(Tensor left, double right) => Ops.mul_Scalar.Call(left, right);
        public static Tensor operator *(Scalar left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        public static Tensor operator *(int left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        public static Tensor operator *(long left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        public static Tensor operator *(float left, Tensor right) => Ops.mul_Scalar.Call(right, left);
        public static Tensor operator *(double left, Tensor right) => Ops.mul_Scalar.Call(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => Ops.div_Tensor.Call(left, right);
        public static Tensor operator /(Tensor left, Scalar right) => Ops.div_Scalar.Call(left, right);
        public static Tensor operator /(Tensor left, int right) => Ops.div_Scalar.Call(left, right);
        public static Tensor operator /(Tensor left, long right) => Ops.div_Scalar.Call(left, right);
        public static Tensor operator /(Tensor left, float right) => Ops.div_Scalar.Call(left, right);
        public static Tensor operator /(Tensor left, double right) => Ops.div_Scalar.Call(left, right);
        public static Tensor operator /(Scalar left, Tensor right) => Divide(left, right);
        public static Tensor operator /(int left, Tensor right) => Divide(left, right);
        public static Tensor operator /(long left, Tensor right) => Divide(left, right);
        public static Tensor operator /(float left, Tensor right) => Divide(left, right);
        public static Tensor operator /(double left, Tensor right) => Divide(left, right);

        public static Tensor operator %(Tensor left, Tensor right) => Ops.remainder_Tensor.Call(left, right);
        public static Tensor operator %(Tensor left, Scalar right) => Ops.remainder_Scalar.Call(left, right);
        public static Tensor operator %(Tensor left, int right) => Ops.remainder_Scalar.Call(left, right);
        public static Tensor operator %(Tensor left, long right) => Ops.remainder_Scalar.Call(left, right);
        public static Tensor operator %(Tensor left, float right) => Ops.remainder_Scalar.Call(left, right);
        public static Tensor operator %(Tensor left, double right) => Ops.remainder_Scalar.Call(left, right);

        // Python's order: the reciprocal first, then the multiplication.
        private static Tensor Divide(Arg left, Tensor right)
        {
            using var inverse = Ops.reciprocal.Call(right);
            return Ops.mul_Scalar.Call(inverse, left);
        }

        public static Tensor operator -(Tensor tensor) => Ops.neg.Call(tensor);
        public static Tensor operator ~(Tensor left) => Ops.bitwise_not.Call(left);
        public static Tensor operator &(Tensor left, Tensor right) => Ops.bitwise_and_Tensor.Call(left, right);
        public static Tensor operator |(Tensor left, Tensor right) => Ops.bitwise_or_Tensor.Call(left, right);
        public static Tensor operator ^(Tensor left, Tensor right) => Ops.bitwise_xor_Tensor.Call(left, right);

        public static Tensor operator ==(Tensor left, Tensor right) => Ops.eq_Tensor.Call(left, right);
        public static Tensor operator ==(Tensor left, Scalar right) => Ops.eq_Scalar.Call(left, right);
        public static Tensor operator ==(Scalar left, Tensor right) => Ops.eq_Scalar.Call(right, left);
        public static Tensor operator !=(Tensor left, Tensor right) => Ops.ne_Tensor.Call(left, right);
        public static Tensor operator !=(Tensor left, Scalar right) => Ops.ne_Scalar.Call(left, right);
        public static Tensor operator !=(Scalar left, Tensor right) => Ops.ne_Scalar.Call(right, left);
        public static Tensor operator <(Tensor left, Tensor right) => Ops.lt_Tensor.Call(left, right);
        public static Tensor operator <(Tensor left, Scalar right) => Ops.lt_Scalar.Call(left, right);
        public static Tensor operator <(Scalar left, Tensor right) => Ops.gt_Scalar.Call(right, left);
        public static Tensor operator <=(Tensor left, Tensor right) => Ops.le_Tensor.Call(left, right);
        public static Tensor operator <=(Tensor left, Scalar right) => Ops.le_Scalar.Call(left, right);
        public static Tensor operator <=(Scalar left, Tensor right) => Ops.ge_Scalar.Call(right, left);
        public static Tensor operator >(Tensor left, Tensor right) => Ops.gt_Tensor.Call(left, right);
        public static Tensor operator >(Tensor left, Scalar right) => Ops.gt_Scalar.Call(left, right);
        public static Tensor operator >(Scalar left, Tensor right) => Ops.lt_Scalar.Call(right, left);
        public static Tensor operator >=(Tensor left, Tensor right) => Ops.ge_Tensor.Call(left, right);
        public static Tensor operator >=(Tensor left, Scalar right) => Ops.ge_Scalar.Call(left, right);
        public static Tensor operator >=(Scalar left, Tensor right) => Ops.le_Scalar.Call(right, left);
    }
}
