using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op linalg_cholesky = new("linalg_cholesky");
    internal static readonly Op linalg_cross = new("linalg_cross");
    internal static readonly Op linalg_det = new("linalg_det");
    internal static readonly Op linalg_eigh = new("linalg_eigh");
    internal static readonly Op linalg_inv = new("linalg_inv");
    internal static readonly Op linalg_matrix_exp = new("linalg_matrix_exp");
    internal static readonly Op linalg_matrix_norm_str_ord = new("linalg_matrix_norm", "str_ord");
    internal static readonly Op linalg_multi_dot = new("linalg_multi_dot");
    internal static readonly Op linalg_norm = new("linalg_norm");
    internal static readonly Op linalg_norm_ord_str = new("linalg_norm", "ord_str");
    internal static readonly Op linalg_pinv_atol_rtol_float = new("linalg_pinv", "atol_rtol_float");
    internal static readonly Op linalg_solve = new("linalg_solve");
    internal static readonly Op linalg_svd = new("linalg_svd");
    internal static readonly Op linalg_svdvals = new("linalg_svdvals");
    internal static readonly Op linalg_vecdot = new("linalg_vecdot");
    internal static readonly Op linalg_vecdot_out = new("linalg_vecdot", "out");
    internal static readonly Op linalg_vector_norm = new("linalg_vector_norm");
}

public static partial class torch
{
    public static class linalg
    {
        public static Tensor norm(Tensor input, long[]? dims = null, bool keepdim = false) => Ops.linalg_norm.Call(input, Arg.None, dims, keepdim);
        public static Tensor norm(Tensor input, double ord, long[]? dims = null, bool keepdim = false) => Ops.linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, int ord, long[]? dims = null, bool keepdim = false) => Ops.linalg_norm.Call(input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, string ord, long[]? dims = null, bool keepdim = false) => Ops.linalg_norm_ord_str.Call(input, ord, dims, keepdim);
        public static Tensor vector_norm(Tensor input, double ord = 2, long[]? dims = null, bool keepdim = false) => Ops.linalg_vector_norm.Call(input, ord, dims, keepdim);
        public static Tensor matrix_norm(Tensor input, string ord = "fro", long[]? dims = null, bool keepdim = false) => Ops.linalg_matrix_norm_str_ord.Call(input, ord, dims ?? [-2, -1], keepdim);
        public static Tensor inv(Tensor input) => Ops.linalg_inv.Call(input);
        public static Tensor det(Tensor input) => Ops.linalg_det.Call(input);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) => Ops.linalg_pinv_atol_rtol_float.Call(input, atol, rtol, hermitian);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Ops.linalg_solve.Call(A, B, left);
        public static Tensor cholesky(Tensor input) => Ops.linalg_cholesky.Call(input);
        public static Tensor svdvals(Tensor input) => Ops.linalg_svdvals.Call(input);
        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Ops.linalg_svd.Call3(input, fullMatrices);
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Ops.linalg_eigh.Call2(input, UPLO.ToString());
        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => Ops.linalg_cross.Call(input, other, dim);
        public static Tensor vecdot(Tensor x, Tensor y, long dim = -1, Tensor? @out = null) => @out is null ? Ops.linalg_vecdot.Call(x, y, dim) : Ops.linalg_vecdot_out.Call(x, y, dim, @out);
        public static Tensor multi_dot(IList<Tensor> tensors) => Ops.linalg_multi_dot.Call(tensors.ToArray());
        public static Tensor matrix_exp(Tensor input) => Ops.linalg_matrix_exp.Call(input);
    }
}
