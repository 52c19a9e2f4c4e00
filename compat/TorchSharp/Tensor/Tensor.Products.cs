using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op addbmm = new("addbmm");
    internal static readonly Op addbmm_ = new("addbmm_");
    internal static readonly Op addmm = new("addmm");
    internal static readonly Op addmm_ = new("addmm_");
    internal static readonly Op addmv = new("addmv");
    internal static readonly Op addmv_ = new("addmv_");
    internal static readonly Op addr = new("addr");
    internal static readonly Op addr_ = new("addr_");
    internal static readonly Op bmm = new("bmm");
    internal static readonly Op cholesky = new("cholesky");
    internal static readonly Op dot = new("dot");
    internal static readonly Op inner = new("inner");
    internal static readonly Op inverse = new("inverse");
    internal static readonly Op kron = new("kron");
    internal static readonly Op linalg_det = new("linalg_det");
    internal static readonly Op linalg_pinv = new("linalg_pinv");
    internal static readonly Op logdet = new("logdet");
    internal static readonly Op matmul = new("matmul");
    internal static readonly Op matrix_exp = new("matrix_exp");
    internal static readonly Op matrix_power = new("matrix_power");
    internal static readonly Op mm = new("mm");
    internal static readonly Op mv = new("mv");
    internal static readonly Op outer = new("outer");
    internal static readonly Op t = new("t");
    internal static readonly Op tensordot = new("tensordot");
    internal static readonly Op trace = new("trace");
    internal static readonly Op vdot = new("vdot");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor t() => Ops.t.Call(this);
        public Tensor matmul(Tensor target) => Ops.matmul.Call(this, target);
        public Tensor mm(Tensor target) => Ops.mm.Call(this, target);
        public Tensor mv(Tensor target) => Ops.mv.Call(this, target);
        public Tensor dot(Tensor target) => Ops.dot.Call(this, target);
        public Tensor vdot(Tensor target) => Ops.vdot.Call(this, target);
        public Tensor bmm(Tensor batch2) => Ops.bmm.Call(this, batch2);
        public Tensor outer(Tensor vec2) => Ops.outer.Call(this, vec2);
        public Tensor ger(Tensor vec2) => Ops.outer.Call(this, vec2);
        public Tensor inner(Tensor vec2) => Ops.inner.Call(this, vec2);
        public Tensor kron(Tensor other) => Ops.kron.Call(this, other);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm.Call(this, mat1, mat2, beta, alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Ops.addmm_.CallInPlace(this, mat1, mat2, beta, alpha);
        public Tensor addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Ops.addmv.Call(this, mat, vec, beta, alpha);
        public Tensor addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Ops.addmv_.CallInPlace(this, mat, vec, beta, alpha);
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.addbmm.Call(this, batch1, batch2, beta, alpha);
        public Tensor addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Ops.addbmm_.CallInPlace(this, batch1, batch2, beta, alpha);
        public Tensor addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Ops.addr.Call(this, vec1, vec2, beta, alpha);
        public Tensor addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Ops.addr_.CallInPlace(this, vec1, vec2, beta, alpha);

        public Tensor tensordot(Tensor b, long dims = 2)
        {
            int n = (int)dim(), count = (int)dims;
            return tensordot(b, Enumerable.Range(n - count, count).Select(d => (long)d).ToArray(), Enumerable.Range(0, count).Select(d => (long)d).ToArray());
        }

        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Ops.tensordot.Call(this, b, dims1, dims2);
        public Tensor matrix_power(int n) => Ops.matrix_power.Call(this, n);
        public Tensor matrix_exp() => Ops.matrix_exp.Call(this);
        public Tensor inverse() => Ops.inverse.Call(this);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => Ops.linalg_pinv.Call(this, rcond, hermitian);
        public Tensor det() => Ops.linalg_det.Call(this);
        public Tensor logdet() => Ops.logdet.Call(this);
        public Tensor trace() => Ops.trace.Call(this);
        public Tensor cholesky(bool upper = false) => Ops.cholesky.Call(this, upper);
    }
}
