using System.Reflection;
using Xunit;

namespace Darkroom.Tests.Compat.Surface;

/// <summary>Everything public in compat/ exists in the official package, so that what compiles here compiles there.</summary>
public sealed class SurfaceTests
{
    private const string StandIn = "Darkroom.Compat.";

    public static TheoryData<string, string> Packages => new()
    {
        { "Orleans-", typeof(global::Orleans.Grain).Assembly.FullName! },
        { "TorchSharp-", typeof(TorchSharp.torch).Assembly.FullName! },
        { "ImageSharp-", typeof(SixLabors.ImageSharp.Image).Assembly.FullName! },
    };

    [Theory]
    [MemberData(nameof(Packages))]
    public void PublicSurface_OfStandIn_IsInOfficialPackage(string list, string assemblyName)
    {
        Assert.SkipUnless(assemblyName.StartsWith(StandIn, StringComparison.Ordinal), $"{assemblyName} is the official package.");
        var api = ApiList.Find(list);
        Assert.SkipWhen(api is null, $"../shared/api/{list}*.txt is absent.");

        var violations = api.Violations(Assembly.Load(assemblyName)).ToArray();

        Assert.True(
            violations.Length == 0,
            $"{violations.Length} public types or members of {assemblyName} are not in the official package:\n{string.Join("\n", violations)}");
    }

    [Fact]
    public void ApiList_TypeWithChangedMembers_ReportsEach()
    {
        const string Name = "Darkroom.Tests.Compat.Surface.Sample";
        var api = new ApiList(
        [
            $"{Name} | class : System.IDisposable",
            $"{Name} | .ctor(System.Int32 size?)",
            $"{Name} | System.Int32 get_Size()",
            $"{Name} | virtual System.Void Grow(System.Int32 by)",
            $"{Name} | static System.Void Reset(System.Collections.Generic.List<System.String> names)",
            $"{Name} | System.Void Dispose()",
        ]);

        var violations = api.Violations(typeof(Sample)).Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(
            [
                $"{Name} | .ctor(System.Int32 size)",
                $"{Name} | System.Void set_Size(System.Int32 value)",
                $"{Name} | field System.Int32 Extra",
                $"{Name} | virtual System.Void Reset(System.Collections.Generic.List<System.String> names)",
            ],
            violations);
    }
}

public class Sample : IDisposable
{
#pragma warning disable CA1051 // The test is about fields as well.
    public int Extra;
#pragma warning restore CA1051

    public Sample(int size) => Size = size;

    public int Size { get; set; }

    public void Grow(int by) => Size += by;

    public virtual void Reset(List<string> names) => names.Clear();

    public void Dispose() => GC.SuppressFinalize(this);

    public override string ToString() => "a sample";
}
