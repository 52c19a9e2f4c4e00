using TorchSharp.Modules;
using TorchSharp.Utils;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Darkroom.Tests.Compat.TorchSharpNN;

public sealed class ModuleRegistrationTests
{
    [Fact]
    public void RegisterComponents_Fields_BecomeParametersBuffersAndChildrenUnderTheirNames()
    {
        using var net = new Net();
        Assert.Equal(
            ["scale", "convolution.weight", "convolution.bias", "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias", "head.0.weight", "head.0.bias", "head.last.weight"],
            net.named_parameters().Select(entry => entry.name));
        Assert.Equal(["table"], net.named_buffers().Select(entry => entry.name));
        Assert.Equal(["convolution", "blocks", "head"], net.named_children().Select(entry => entry.name));
    }

    [Fact]
    public void StateDict_OfNestedModules_HoldsParametersThenBuffers()
    {
        using var net = new Net();
        Assert.Equal(
            ["scale", "convolution.weight", "convolution.bias", "blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias", "head.0.weight", "head.0.bias", "head.last.weight", "table"],
            net.state_dict().Keys);
        Assert.StartsWith("prefix.", net.state_dict(prefix: "prefix").Keys.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterComponents_WithComponentName_UsesTheGivenName()
    {
        using var net = new Renamed();
        Assert.Equal(["gamma", "inner.weight", "inner.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void RegisterComponents_NullFields_AreLeftOut()
    {
        using var net = new WithNulls();
        Assert.Empty(net.state_dict());
    }

    [Fact]
    public void RegisterComponents_FieldsOfABaseClass_AreRegisteredToo()
    {
        using var net = new Derived();
        Assert.Equal(["own", "inherited"], net.named_parameters().Select(entry => entry.name));
    }

    [Fact]
    public void RegisterBuffer_NotPersistent_IsInNoList()
    {
        using var net = new Net();
        net.register_buffer("cache", zeros(1), persistent: false);
        Assert.DoesNotContain("cache", net.state_dict().Keys);
        Assert.True(net.has_buffer("cache"));
    }

    [Fact]
    public void Register_NamesTakenEmptyOrDotted_Throw()
    {
        using var net = new Net();
        Assert.Throws<InvalidOperationException>(() => net.register_parameter("scale", new Parameter(zeros(1))));
        Assert.Throws<InvalidOperationException>(() => net.register_module("head", Identity()));
        Assert.Throws<ArgumentException>(() => net.register_module("a.b", Identity()));
        Assert.Throws<ArgumentException>(() => net.register_module(string.Empty, Identity()));
        Assert.Throws<ArgumentNullException>(() => net.register_buffer("nothing", null!));
        Assert.Throws<InvalidOperationException>(() => ReLU().register_parameter("w", new Parameter(zeros(1))));
    }

    [Fact]
    public void GetParameter_ByDottedName_FindsIt()
    {
        using var net = new Net();
        Assert.Same(net.Convolution.weight, net.get_parameter("convolution.weight"));
        Assert.Null(net.get_parameter("convolution.nothing"));
        Assert.True(net.has_parameter("head.last.weight"));
        Assert.NotNull(net.get_buffer("table"));
    }

    [Fact]
    public void NamedParameters_SharedParameter_IsListedOnceButKeptTwiceInTheStateDict()
    {
        var shared = Linear(2, 2, hasBias: false);
        using var pair = Sequential(("a", shared), ("b", shared));
        Assert.Equal(["a.weight"], pair.named_parameters().Select(entry => entry.name));
        using var owner = new Owner(shared);
        Assert.Single(owner.parameters());
        Assert.Equal(["first.weight", "second.weight"], owner.state_dict().Keys);
    }

    [Fact]
    public void Train_OnTheParent_ReachesAllDescendants()
    {
        using var net = new Net();
        Assert.True(net.training);
        net.eval();
        Assert.All(net.named_modules(), entry => Assert.False(entry.module.training));
        net.train();
        Assert.All(net.named_modules(), entry => Assert.True(entry.module.training));
    }

    [Fact]
    public void Apply_VisitsChildrenBeforeTheModuleItself()
    {
        using var net = new Net();
        var visited = new List<nn.Module>();
        net.apply(visited.Add);
        Assert.Same(net, visited[^1]);
        Assert.Contains(net.Convolution, visited);
    }

    [Fact]
    public void Dispose_OfAModule_DisposesParametersAndBuffers()
    {
        var net = new Net();
        var tensors = net.state_dict().Values.ToList();
        net.Dispose();
        Assert.All(tensors, tensor => Assert.True(tensor.IsInvalid));
    }

    [Fact]
    public void Layers_BuiltInsideADisposeScope_OutliveIt()
    {
        Linear linear;
        BatchNorm2d norm;
        using (NewDisposeScope())
        {
            linear = Linear(2, 3);
            norm = BatchNorm2d(4);
        }

        Assert.All(linear.parameters(), parameter => Assert.False(parameter.IsInvalid));
        Assert.All(norm.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
        linear.Dispose();
        norm.Dispose();
    }

    [Fact]
    public void Parameter_TakesOverItsTensor_AndItsPlaceInTheScope()
    {
        var detached = ones(1);
        Parameter kept, dropped;
        using (NewDisposeScope())
        {
            kept = new Parameter(detached);
            dropped = new Parameter(ones(1));
        }

        Assert.True(detached.IsInvalid);
        Assert.True(dropped.IsInvalid);
        Assert.False(kept.IsInvalid);
        Assert.True(kept.requires_grad && kept.is_leaf);
    }

    [Fact]
    public void Call_WithHooks_RunsThemAroundForward()
    {
        using var net = Linear(2, 2);
        var order = new List<string>();
        var before = net.register_forward_pre_hook((_, input) =>
        {
            order.Add("before");
            return input;
        });
        net.register_forward_hook((_, _, output) =>
        {
            order.Add("after");
            return output;
        });
        using var first = net.call(zeros(1, 2));
        before.remove();
        using var second = net.call(zeros(1, 2));
        Assert.Equal(["before", "after", "after"], order);
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Parameter scale = new(ones(1));
        private readonly Conv2d convolution = Conv2d(1, 2, 3);
        private readonly ModuleList<Linear> blocks = ModuleList(Linear(2, 2), Linear(2, 2));
        private readonly Sequential head = Sequential(("0", Linear(2, 2)), ("act", ReLU()), ("last", Linear(2, 1, hasBias: false)));
        private readonly Tensor table = arange(3);

        public Net()
            : base(nameof(Net))
        {
            RegisterComponents();
        }

        internal Conv2d Convolution => convolution;

        public override Tensor forward(Tensor input) => input * scale;
    }

    private sealed class Renamed : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "gamma")]
        private readonly Parameter scale = new(ones(1));

        [ComponentName(Name = "inner")]
        private readonly Linear layer = Linear(1, 1);

        public Renamed()
            : base(nameof(Renamed)) => RegisterComponents();

        public override Tensor forward(Tensor input) => layer.call(input * scale);
    }

    private sealed class WithNulls : Module<Tensor, Tensor>
    {
        private readonly Parameter? weight;
        private readonly Linear? layer;

        public WithNulls()
            : base(nameof(WithNulls))
        {
            weight = null;
            layer = null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => layer is null && weight is null ? input.alias() : input;
    }

    private abstract class Base : Module<Tensor, Tensor>
    {
        protected readonly Parameter inherited = new(ones(1));

        protected Base()
            : base(nameof(Base))
        {
        }
    }

    private sealed class Derived : Base
    {
        private readonly Parameter own = new(ones(1));

        public Derived() => RegisterComponents();

        public override Tensor forward(Tensor input) => input * own * inherited;
    }

    private sealed class Owner : Module<Tensor, Tensor>
    {
        private readonly Linear first;
        private readonly Linear second;

        public Owner(Linear shared)
            : base(nameof(Owner))
        {
            (first, second) = (shared, shared);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => first.call(second.call(input));
    }
}
