namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>Messages and states of every release are read by today's code, and what today's code adds is on record before it is released.</summary>
[Collection(GoldenCollection.Name)]
public sealed class ContractTests
{
    private const string ToAdd =
        $"is on record before it is released. Give it a value in ContractSamples or StateSamples, then write the golden files of the coming release, in both formats: {GoldenRelease.Switch}=VERSION ./cluster test Cluster Compatibility (docs/compatibility.md)";

    private const string ToKeep =
        "was written or called by a release, and silos of two releases run side by side during an upgrade. Give the old id, alias, value or call back, and the new one an id, alias, value or call of its own (docs/compatibility.md)";

    public static TheoryData<string> Releases => [.. GoldenRelease.All.Select(release => release.Version)];

    [Theory]
    [MemberData(nameof(Releases))]
    public void Release_WhatItWrote_IsReadAsItWasMeant(string version) =>
        Assert.All(GoldenFiles.Misread(new GoldenRelease(version)), misread => Assert.Fail($"{version}: {misread}. It {ToKeep}"));

    [Theory]
    [MemberData(nameof(Releases))]
    public void Release_WhatItAgreedOn_IsStillThere(string version) =>
        Assert.All(ContractSchema.OfToday().Lacks(new GoldenRelease(version).ReadSchema()), lack => Assert.Fail($"{version}: {lack}. It {ToKeep}"));

    [Fact]
    public void Today_WhatIsNew_IsInTheNewestGoldenFiles()
    {
        var newest = GoldenRelease.All[^1];
        Assert.All(newest.ReadSchema().Lacks(ContractSchema.OfToday()), lack => Assert.Fail($"{newest.Version}: {lack} there. What is new {ToAdd}"));
        Assert.All(ContractSchema.Types.Where(type => !type.IsAbstract).Select(ContractSchema.AliasOf).Except(newest.ReadValues().Keys), name => Assert.Fail($"{newest.Version} has no value of {name}. What is new {ToAdd}"));
        Assert.All(GoldenFiles.TypesWithoutSample(), name => Assert.Fail($"There is no sample of {name}. What is new {ToAdd}"));
    }

    [Fact]
    public void Samples_OfEveryState_HaveNoDefaultMember()
    {
        foreach (var state in StateSamples.All)
        {
            foreach (var property in ContractSchema.Members(state.GetType()))
            {
                var value = property.GetValue(state);
                var isDefault = value is null or "" or System.Collections.ICollection { Count: 0 }
                    || (property.PropertyType.IsValueType && value.Equals(Activator.CreateInstance(property.PropertyType)));
                Assert.False(isDefault, $"{state.GetType().Name}.{property.Name} has its default value: reading it back proves nothing");
            }
        }
    }

    [Fact]
    public void Difference_OfEachKind_IsFound()
    {
        var before = new ContractSchema(new(StringComparer.Ordinal)
        {
            ["type A"] = new() { ["00"] = "Name: String", ["01"] = "Count: Int32" },
            ["enum E"] = new() { ["First"] = "0" },
        });
        var after = new ContractSchema(new(StringComparer.Ordinal) { ["type A"] = new() { ["00"] = "Name: String", ["02"] = "Count: Int32" }, ["type B"] = [] });

        Assert.Equal(["enum E is missing", "type A: 01 (Count: Int32) is missing"], after.Lacks(before));
        Assert.Equal(["type A: 02 (Count: Int32) is missing", "type B is missing"], before.Lacks(after));
        after.Entries["type A"]["01"] = "Count: Int64";
        Assert.Contains("type A: 01 was 'Count: Int32' and is 'Count: Int64'", after.Lacks(before));
    }
}
