using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op bernoulli = new("bernoulli");
    internal static readonly Op bernoulli__Tensor = new("bernoulli_", "Tensor");
    internal static readonly Op bernoulli__float = new("bernoulli_", "float");
    internal static readonly Op exponential_ = new("exponential_");
    internal static readonly Op multinomial = new("multinomial");
    internal static readonly Op normal_ = new("normal_");
    internal static readonly Op poisson = new("poisson");
    internal static readonly Op random__from = new("random_", "from");
    internal static readonly Op uniform_ = new("uniform_");
}

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => Ops.multinomial.Call(this, num_samples, replacement, generator);
        public Tensor bernoulli(Generator? generator = null) => Ops.bernoulli.Call(this, generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Ops.bernoulli__float.CallInPlace(this, p, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Ops.bernoulli__Tensor.CallInPlace(this, p, generator);
        public Tensor poisson(Generator? generator = null) => Ops.poisson.Call(this, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) => Ops.uniform_.CallInPlace(this, from, to, generator);
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => Ops.normal_.CallInPlace(this, mean, std, generator);
        public Tensor exponential_(double lambda = 1, Generator? generator = null) => Ops.exponential_.CallInPlace(this, lambda, generator);
        public Tensor random_(double from, double to, Generator? generator = null) => Ops.random__from.CallInPlace(this, (long)from, (long)to, generator);
        public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => torch.rand_like(this, dtype, device, requires_grad);
        public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => torch.randn_like(this, dtype, device, requires_grad);
        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) => torch.randint_like(this, low, high, dtype, device, requires_grad);
    }
}
