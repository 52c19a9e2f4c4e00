using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Compat.Torch;

[Collection(ProcessWideCollection.Name)]
public sealed class LeakTests
{
    private const int Operations = 10_000;

    // Each result is 256 KiB: a leak of one in a hundred would be 25 MiB.
    private const long AllowedGrowthBytes = 22L << 20;

    [Fact]
    public void Operations_TenThousandInScopes_LeaveResidentMemoryFlat()
    {
        using var outer = NewDisposeScope();
        var x = randn(256, 256);
        var weight = randn(256, 256, requires_grad: true);
        long live = Tensor.TotalCount;
        Run(x, weight, Operations / 10);
        long before = Resident();

        Run(x, weight, Operations);

        long growth = Resident() - before;
        Assert.True(growth < AllowedGrowthBytes, $"resident memory grew by {growth} bytes over {Operations} operations");
        Assert.True(Tensor.TotalCount <= live + 1, $"{Tensor.TotalCount - live} tensors more than before");
    }

    private static void Run(Tensor x, Tensor weight, int operations)
    {
        for (int i = 0; i < operations / 5; i++)
        {
            using var scope = NewDisposeScope();
            var y = (x + weight).relu();
            if (i % 10 == 0)
                (y * y).sum().backward();
            else
                _ = y.mean([1], keepdim: true) * 2;
        }
        weight.grad = null;
    }

    private static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
}
