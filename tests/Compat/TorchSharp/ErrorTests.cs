using System.Runtime.InteropServices;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

public sealed class ErrorTests
{
    [Fact]
    public void Add_ShapesThatDoNotBroadcast_ThrowsWithLibtorchsMessage()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ExternalException>(() => ones(3) + ones(5));

        Assert.StartsWith("The size of tensor a (3) must match the size of tensor b (5) at non-singleton dimension 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Matmul_InnerSizesDiffer_ThrowsWithLibtorchsMessage()
    {
        Assert.SkipUnless(StandIn.Has(typeof(Tensor)), StandIn.EndsTheProcess);
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(4, 5)));

        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Error_DuringACall_LeavesTheBindingUsable()
    {
        using var scope = NewDisposeScope();
        for (int i = 0; i < 100; i++)
            Assert.Throws<ExternalException>(() => ones(2, 3).view(7));

        Assert.Equal([2, 2], Values.Of(ones(2) + 1));
    }

    [Fact]
    public void DisposedTensor_UsedAgain_Throws()
    {
        var x = ones(2);
        x.Dispose();

        Assert.True(x.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x + 1);
        Assert.Throws<InvalidOperationException>(() => x.shape);
        x.Dispose();
    }

    [Fact]
    public void Item_OfSeveralElementsOrAnotherType_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => ones(1).item<int>());
        Assert.Throws<ArgumentException>(() => ones(2).data<double>());
    }

    [Fact]
    public void Device_UnknownName_Throws()
    {
        Assert.Throws<ArgumentException>(() => device("gpu"));
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal("cpu", CPU.ToString());
        if (!cuda.is_available())
            Assert.Throws<InvalidOperationException>(() => device("cuda:1"));
    }

    [Fact]
    public void Cuda_OnAMachineWithout_ThrowsInsteadOfCrashing()
    {
        Assert.SkipWhen(cuda.is_available(), "This machine has a CUDA device.");
        using var scope = NewDisposeScope();

        Assert.Equal(0, cuda.device_count());
        Assert.ThrowsAny<Exception>(() => ones(2).cuda());
    }
}
