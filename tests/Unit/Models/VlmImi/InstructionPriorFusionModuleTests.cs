using Darkroom.Models.Layers;
using Darkroom.Models.VlmImi;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.VlmImi;

public sealed class InstructionPriorFusionModuleTests
{
    private static readonly IpfmConfig Toy = new(6, 10, 8, 2, 2, 4, 12);

    [Fact]
    public void OneTimestepForABatch_EqualsOneForEach()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(1);
        using var ipfm = Make();
        var text = randn(3, 7, 12);
        var tokens = ipfm.call(text, tensor(new long[] { 500 }));
        Assert.Equal([3, 4, 8], tokens.shape);
        Assert.True(allclose(tokens, ipfm.call(text, tensor(new long[] { 500, 500, 500 })), 1e-4, 1e-5));   // sums of other row counts round differently
        Assert.False(allclose(tokens, ipfm.call(text, tensor(new long[] { 100 })), 1e-4, 1e-5));
    }

    [Fact]
    public void WrongShape_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var ipfm = Make();
        Assert.Contains("[1, 7, 8]; allowed is [any, any, 12]", Refused(zeros(1, 7, 8), zeros(1, dtype: ScalarType.Int64)), StringComparison.Ordinal);
        Assert.Contains("[2]; allowed is [3]", Refused(zeros(3, 7, 12), zeros(2, dtype: ScalarType.Int64)), StringComparison.Ordinal);

        string Refused(Tensor text, Tensor timesteps) => Assert.Throws<ArgumentException>(() => ipfm.call(text, timesteps)).Message;
    }

    [Fact]
    public void Forward_LeavesNoTensorBehind()
    {
        using var guard = no_grad();
        using var ipfm = Make();
        using var scope = NewDisposeScope();
        var (text, timesteps) = (randn(1, 7, 12), tensor(new long[] { 3 }));
        var before = scope.DisposablesCount;
        ipfm.call(text, timesteps);
        Assert.Equal(before + 1, scope.DisposablesCount);
    }

    private static InstructionPriorFusionModule Make()
    {
        var ipfm = new InstructionPriorFusionModule(Toy);
        Initializer.Reset(ipfm, 1);
        return ipfm;
    }
}
