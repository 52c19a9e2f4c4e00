using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op add_Scalar = new("add", "Scalar");
    internal static readonly Op add_Tensor = new("add", "Tensor");
    internal static readonly Op add__Scalar = new("add_", "Scalar");
    internal static readonly Op add__Tensor = new("add_", "Tensor");
    internal static readonly Op addcdiv = new("addcdiv");
    internal static readonly Op addcdiv_ = new("addcdiv_");
    internal static readonly Op addcmul = new("addcmul");
    internal static readonly Op addcmul_ = new("addcmul_");
    internal static readonly Op atan2 = new("atan2");
    internal static readonly Op atan2_ = new("atan2_");
    internal static readonly Op copysign_Tensor = new("copysign", "Tensor");
    internal static readonly Op copysign__Tensor = new("copysign_", "Tensor");
    internal static readonly Op div_Scalar = new("div", "Scalar");
    internal static readonly Op div_Scalar_mode = new("div", "Scalar_mode");
    internal static readonly Op div_Tensor = new("div", "Tensor");
    internal static readonly Op div_Tensor_mode = new("div", "Tensor_mode");
    internal static readonly Op div__Scalar = new("div_", "Scalar");
    internal static readonly Op div__Scalar_mode = new("div_", "Scalar_mode");
    internal static readonly Op div__Tensor = new("div_", "Tensor");
    internal static readonly Op div__Tensor_mode = new("div_", "Tensor_mode");
    internal static readonly Op float_power_Tensor_Tensor = new("float_power", "Tensor_Tensor");
    internal static readonly Op floor_divide = new("floor_divide");
    internal static readonly Op floor_divide_Scalar = new("floor_divide", "Scalar");
    internal static readonly Op floor_divide__Scalar = new("floor_divide_", "Scalar");
    internal static readonly Op floor_divide__Tensor = new("floor_divide_", "Tensor");
    internal static readonly Op fmax = new("fmax");
    internal static readonly Op fmin = new("fmin");
    internal static readonly Op fmod_Scalar = new("fmod", "Scalar");
    internal static readonly Op fmod_Tensor = new("fmod", "Tensor");
    internal static readonly Op fmod__Scalar = new("fmod_", "Scalar");
    internal static readonly Op fmod__Tensor = new("fmod_", "Tensor");
    internal static readonly Op heaviside = new("heaviside");
    internal static readonly Op heaviside_ = new("heaviside_");
    internal static readonly Op hypot = new("hypot");
    internal static readonly Op lerp_Tensor = new("lerp", "Tensor");
    internal static readonly Op lerp__Tensor = new("lerp_", "Tensor");
    internal static readonly Op logaddexp = new("logaddexp");
    internal static readonly Op logaddexp2 = new("logaddexp2");
    internal static readonly Op maximum = new("maximum");
    internal static readonly Op minimum = new("minimum");
    internal static readonly Op mul_Scalar = new("mul", "Scalar");
    internal static readonly Op mul_Tensor = new("mul", "Tensor");
    internal static readonly Op mul__Scalar = new("mul_", "Scalar");
    internal static readonly Op mul__Tensor = new("mul_", "Tensor");
    internal static readonly Op pow_Tensor_Scalar = new("pow", "Tensor_Scalar");
    internal static readonly Op pow_Tensor_Tensor = new("pow", "Tensor_Tensor");
    internal static readonly Op pow__Scalar = new("pow_", "Scalar");
    internal static readonly Op pow__Tensor = new("pow_", "Tensor");
    internal static readonly Op remainder_Scalar = new("remainder", "Scalar");
    internal static readonly Op remainder_Tensor = new("remainder", "Tensor");
    internal static readonly Op remainder__Scalar = new("remainder_", "Scalar");
    internal static readonly Op remainder__Tensor = new("remainder_", "Tensor");
    internal static readonly Op sub_Scalar = new("sub", "Scalar");
    internal static readonly Op sub_Tensor = new("sub", "Tensor");
    internal static readonly Op sub__Scalar = new("sub_", "Scalar");
    internal static readonly Op sub__Tensor = new("sub_", "Tensor");
    internal static readonly Op xlogy_Scalar_Other = new("xlogy", "Scalar_Other");
    internal static readonly Op xlogy_Tensor = new("xlogy", "Tensor");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Ops.add_Tensor.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => Ops.add_Tensor.Call(this, target, alpha);
        public Tensor add(Scalar scalar) => Ops.add_Scalar.Call(this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Ops.add_Scalar.Call(this, scalar, alpha);
        public Tensor add_(Tensor target) => Ops.add__Tensor.CallInPlace(this, target);
        public Tensor add_(Tensor target, Scalar alpha) => Ops.add__Tensor.CallInPlace(this, target, alpha);
        public Tensor add_(Scalar scalar) => Ops.add__Scalar.CallInPlace(this, scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => Ops.add__Scalar.CallInPlace(this, scalar, alpha);
        public Tensor sub(Tensor target) => Ops.sub_Tensor.Call(this, target);
        public Tensor sub(Scalar target) => Ops.sub_Scalar.Call(this, target);
        public Tensor sub_(Tensor target) => Ops.sub__Tensor.CallInPlace(this, target);
        public Tensor sub_(Scalar target) => Ops.sub__Scalar.CallInPlace(this, target);
        public Tensor subtract(Tensor target) => Ops.sub_Tensor.Call(this, target);
        public Tensor subtract(Scalar target) => Ops.sub_Scalar.Call(this, target);
        public Tensor subtract_(Tensor target) => Ops.sub__Tensor.CallInPlace(this, target);
        public Tensor subtract_(Scalar target) => Ops.sub__Scalar.CallInPlace(this, target);
        public Tensor mul(Tensor target) => Ops.mul_Tensor.Call(this, target);
        public Tensor mul(Scalar target) => Ops.mul_Scalar.Call(this, target);
        public Tensor mul_(Tensor target) => Ops.mul__Tensor.CallInPlace(this, target);
        public Tensor mul_(Scalar target) => Ops.mul__Scalar.CallInPlace(this, target);
        public Tensor multiply(Tensor target) => Ops.mul_Tensor.Call(this, target);
        public Tensor multiply(Scalar target) => Ops.mul_Scalar.Call(this, target);
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div_Tensor.Call(this, target)
            : Ops.div_Tensor_mode.Call(this, target, Name(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div_Scalar.Call(this, target)
            : Ops.div_Scalar_mode.Call(this, target, Name(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div__Tensor.CallInPlace(this, target)
            : Ops.div__Tensor_mode.CallInPlace(this, target, Name(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div__Scalar.CallInPlace(this, target)
            : Ops.div__Scalar_mode.CallInPlace(this, target, Name(rounding_mode));
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div_Tensor.Call(this, target)
            : Ops.div_Tensor_mode.Call(this, target, Name(rounding_mode));
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div_Scalar.Call(this, target)
            : Ops.div_Scalar_mode.Call(this, target, Name(rounding_mode));
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div__Tensor.CallInPlace(this, target)
            : Ops.div__Tensor_mode.CallInPlace(this, target, Name(rounding_mode));
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Ops.div__Scalar.CallInPlace(this, target)
            : Ops.div__Scalar_mode.CallInPlace(this, target, Name(rounding_mode));
        public Tensor true_divide(Tensor other) => Ops.div_Tensor.Call(this, other);
        public Tensor true_divide(Scalar other) => Ops.div_Scalar.Call(this, other);
        public Tensor true_divide_(Tensor other) => Ops.div__Tensor.CallInPlace(this, other);
        public Tensor true_divide_(Scalar other) => Ops.div__Scalar.CallInPlace(this, other);

        private static string Name(RoundingMode mode) => mode == RoundingMode.floor ? "floor" : "trunc";

        public Tensor floor_divide(Tensor other) => Ops.floor_divide.Call(this, other);
        public Tensor floor_divide(Scalar other) => Ops.floor_divide_Scalar.Call(this, other);
        public Tensor floor_divide_(Tensor other) => Ops.floor_divide__Tensor.CallInPlace(this, other);
        public Tensor floor_divide_(Scalar other) => Ops.floor_divide__Scalar.CallInPlace(this, other);
        public Tensor remainder(Tensor target) => Ops.remainder_Tensor.Call(this, target);
        public Tensor remainder(Scalar scalar) => Ops.remainder_Scalar.Call(this, scalar);
        public Tensor remainder_(Tensor target) => Ops.remainder__Tensor.CallInPlace(this, target);
        public Tensor remainder_(Scalar scalar) => Ops.remainder__Scalar.CallInPlace(this, scalar);
        public Tensor fmod(Tensor target) => Ops.fmod_Tensor.Call(this, target);
        public Tensor fmod(Scalar scalar) => Ops.fmod_Scalar.Call(this, scalar);
        public Tensor fmod_(Tensor target) => Ops.fmod__Tensor.CallInPlace(this, target);
        public Tensor fmod_(Scalar scalar) => Ops.fmod__Scalar.CallInPlace(this, scalar);
        public Tensor pow(Tensor exponent) => Ops.pow_Tensor_Tensor.Call(this, exponent);
        public Tensor pow(Scalar exponent) => Ops.pow_Tensor_Scalar.Call(this, exponent);
        public Tensor pow_(Tensor exponent) => Ops.pow__Tensor.CallInPlace(this, exponent);
        public Tensor pow_(Scalar exponent) => Ops.pow__Scalar.CallInPlace(this, exponent);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul_.CallInPlace(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Ops.addcdiv.Call(this, tensor1, tensor2);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Ops.addcdiv_.CallInPlace(this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv_.CallInPlace(this, tensor1, tensor2, value);
        public Tensor lerp(Tensor end, Tensor weight) => Ops.lerp_Tensor.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Ops.lerp__Tensor.CallInPlace(this, end, weight);
        public Tensor maximum(Tensor other) => Ops.maximum.Call(this, other);
        public Tensor minimum(Tensor other) => Ops.minimum.Call(this, other);
        public Tensor fmax(Tensor other) => Ops.fmax.Call(this, other);
        public Tensor fmin(Tensor other) => Ops.fmin.Call(this, other);
        public Tensor atan2(Tensor other) => Ops.atan2.Call(this, other);
        public Tensor atan2_(Tensor other) => Ops.atan2_.CallInPlace(this, other);
        public Tensor arctan2(Tensor other) => Ops.atan2.Call(this, other);
        public Tensor arctan2_(Tensor other) => Ops.atan2_.CallInPlace(this, other);
        public Tensor hypot(Tensor other) => Ops.hypot.Call(this, other);
        public Tensor logaddexp(Tensor other) => Ops.logaddexp.Call(this, other);
        public Tensor logaddexp2(Tensor other) => Ops.logaddexp2.Call(this, other);
        public Tensor copysign(Tensor other) => Ops.copysign_Tensor.Call(this, other);
        public Tensor copysign_(Tensor other) => Ops.copysign__Tensor.CallInPlace(this, other);
        public Tensor heaviside(Tensor other) => Ops.heaviside.Call(this, other);
        public Tensor heaviside_(Tensor other) => Ops.heaviside_.CallInPlace(this, other);
        public Tensor xlogy(Tensor y) => Ops.xlogy_Tensor.Call(this, y);
        public Tensor xlogy(Scalar y) => Ops.xlogy_Scalar_Other.Call(this, y);
        public Tensor float_power(Tensor target) => Ops.float_power_Tensor_Tensor.Call(this, target);
    }
}
