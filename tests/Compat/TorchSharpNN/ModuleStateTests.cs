using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Darkroom.Tests.Compat.TorchSharpNN;

public sealed class ModuleStateTests
{
    [Fact]
    public void LoadStateDict_Strict_CopiesEveryTensor()
    {
        using var source = Sequential(Linear(3, 2), BatchNorm1d(2));
        using var target = Sequential(Linear(3, 2), BatchNorm1d(2));
        var (missing, unexpected) = target.load_state_dict(source.state_dict());
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        foreach (var (name, tensor) in source.state_dict())
        {
            Numbers.Same(target.state_dict()[name], Numbers.Values(tensor));
        }
    }

    [Fact]
    public void LoadStateDict_StrictWithMissingOrExtraKey_ThrowsAndCopiesNothing()
    {
        using var net = Linear(2, 1);
        var before = Numbers.Values(net.weight);
        var state = new Dictionary<string, Tensor> { ["weight"] = zeros(1, 2) };
        Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        state["bias"] = zeros(1);
        state["other"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        Numbers.Same(net.weight, before);
    }

    [Fact]
    public void LoadStateDict_NotStrict_ReportsMissingAndUnexpectedKeys()
    {
        using var net = Linear(2, 1);
        var (missing, unexpected) = net.load_state_dict(new() { ["weight"] = ones(1, 2), ["other"] = zeros(1) }, strict: false);
        Assert.Equal(["bias"], missing);
        Assert.Equal(["other"], unexpected);
        Numbers.Same(net.weight, 1, 1);
    }

    [Fact]
    public void LoadStateDict_WithSkippedKeys_LeavesThem()
    {
        using var net = Linear(2, 1);
        var bias = Numbers.Values(net.bias!);
        net.load_state_dict(new() { ["weight"] = ones(1, 2), ["bias"] = full(1, 9) }, skip: ["bias"]);
        Numbers.Same(net.bias!, bias);
    }

    [Fact]
    public void LoadStateDict_OfAnotherShape_ThrowsLibtorchsMessage()
    {
        using var net = Linear(2, 1, hasBias: false);
        var error = Assert.ThrowsAny<Exception>(() => net.load_state_dict(new() { ["weight"] = ones(5, 5) }));
        Assert.Contains("size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveAndLoad_ThroughAStream_RestoresEveryTensor()
    {
        using var source = new Small();
        using var target = new Small();
        nn.init.normal_(source.get_parameter("norm.weight")!);
        var bytes = Saved(source);
        target.load(new MemoryStream(bytes));
        Numbers.Same(target.get_parameter("norm.weight")!, Numbers.Values(source.get_parameter("norm.weight")!));

        using var other = Linear(1, 1);
        Assert.Throws<ArgumentException>(() => other.load(new MemoryStream(bytes)));
        var loaded = new Dictionary<string, bool>();
        other.load(new MemoryStream(bytes), strict: false, loadedParameters: loaded);
        Assert.All(loaded.Values, Assert.False);
        Assert.Equal(source.state_dict().Keys, loaded.Keys);
    }

    [Fact]
    public void To_AnotherType_ConvertsFloatsInPlaceAndKeepsIntegers()
    {
        using var net = new Small();
        Assert.Same(net, net.to(ScalarType.Float64));
        Assert.Equal(ScalarType.Float64, net.get_parameter("gain")!.dtype);
        Assert.Equal(ScalarType.Float64, net.get_parameter("norm.weight")!.dtype);
        Assert.Equal(ScalarType.Float64, net.get_buffer("norm.running_mean")!.dtype);
        Assert.Equal(ScalarType.Int64, net.get_buffer("norm.num_batches_tracked")!.dtype);
        using var input = ones([2, 2, 1, 1], ScalarType.Float64);
        using var output = net.call(input); // Runs on the new fields, not on disposed ones.
        Assert.Equal(ScalarType.Float64, output.dtype);
        Assert.All(net.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void To_AnIntegerType_Throws() => Assert.Throws<ExternalException>(() => Linear(1, 1).to(ScalarType.Int64));

    [Fact]
    public void To_InsideADisposeScope_OutlivesIt()
    {
        using var net = Linear(2, 2);
        using (NewDisposeScope())
        {
            net.to(ScalarType.Float64);
        }

        Assert.False(net.weight.IsInvalid);
    }

    [Fact]
    public void ZeroGrad_AfterBackward_RemovesOrZeroesTheGradients()
    {
        using var net = Linear(2, 1);
        net.call(ones(1, 2)).sum().backward();
        Assert.NotNull(net.weight.grad);
        net.zero_grad(set_to_none: false);
        Numbers.Same(net.weight.grad!, 0, 0);
        net.zero_grad();
        Assert.Null(net.weight.grad);
    }

    [Fact]
    public void Sequential_Slices_ShareModulesAndKeepNames()
    {
        using var net = Sequential(("a", Linear(1, 1)), ("b", ReLU()), ("c", Linear(1, 1)));
        Assert.Equal(3, net.Count);
        Assert.Equal(["b", "c"], net[1..].named_children().Select(entry => entry.name));
        Assert.Equal(["a"], net[(null, 1)].named_children().Select(entry => entry.name));
        Assert.Same(net[0], net[..1][0]);
    }

    [Fact]
    public void Sequential_Empty_ReturnsItsInput()
    {
        using var input = ones(2);
        using var output = Sequential().call(input);
        Numbers.Same(output, 1, 1);
    }

    [Fact]
    public void ModuleDictAndParameterLists_AreNamedByKeyAndIndex()
    {
        using var net = new Containers();
        Assert.Equal(["layers.x.weight", "layers.y.weight", "list.0", "list.1", "dict.p"], net.named_parameters().Select(entry => entry.name));
        Assert.True(net.has_parameter("list.1"));
        Assert.Same(net.get_parameter("dict.p"), net.named_parameters().Last().parameter);
    }

    private static byte[] Saved(nn.Module module)
    {
        using var stream = new MemoryStream();
        module.save(stream);
        return stream.ToArray();
    }

    private sealed class Small : Module<Tensor, Tensor>
    {
        private readonly Parameter gain = new(ones(1));
        private readonly BatchNorm2d norm = BatchNorm2d(2);

        public Small()
            : base(nameof(Small)) => RegisterComponents();

        public override Tensor forward(Tensor input) => norm.call(input) * gain;
    }

    private sealed class Containers : Module<Tensor, Tensor>
    {
        private readonly ModuleDict<Linear> layers = ModuleDict(("x", Linear(1, 1, false)), ("y", Linear(1, 1, false)));
        private readonly ParameterList list = ParameterList(new Parameter(zeros(1)), new Parameter(ones(1)));
        private readonly ParameterDict dict = ParameterDict(("p", new Parameter(zeros(2))));

        public Containers()
            : base(nameof(Containers)) => RegisterComponents();

        public override Tensor forward(Tensor input) => layers["x"].call(input) + list[1] + dict["p"];
    }
}
