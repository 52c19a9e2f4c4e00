using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Contracts.Tenants;
using Xunit;

namespace Darkroom.Tests.Unit.Contracts;

public sealed class KeyTests
{
    [Fact]
    public void SessionKey_RoundTrip_KeepsBothNames() =>
        Assert.Equal(new SessionKey("acme", "photo-1"), SessionKey.Parse(SessionKey.Create("acme", "photo-1").ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a.")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void SessionKey_NameNotAllowed_IsRefused(string name)
    {
        Assert.Throws<InvalidRequestException>(() => SessionKey.Create(name, "s"));
        Assert.Throws<InvalidRequestException>(() => SessionKey.Create("t", name));
    }

    [Fact]
    public void SessionKey_LongName_SaysWhatIsAllowed()
    {
        var error = Assert.Throws<InvalidRequestException>(() => SessionKey.Create("t", new string('a', 65)));
        Assert.Contains("1 to 64", error.Message, StringComparison.Ordinal);
        Assert.Contains("65", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t")]
    [InlineData("t/")]
    [InlineData("/r")]
    [InlineData("t/r/x")]
    public void RunKey_NotTwoNames_IsRefused(string id) => Assert.Throws<InvalidRequestException>(() => RunKey.Parse(id));

    [Fact]
    public void JobKey_RunOf_IsARunOfTheTenantWhateverTheNumbers()
    {
        var key = JobKey.Parse(JobKey.Create("t", new string('j', JobKey.MaxNameLength)).ToString());
        Assert.Equal(RunKey.Parse(key.RunOf(9_999_999, 100).ToString()), key.RunOf(9_999_999, 100));
        Assert.NotEqual(JobKey.Create("t", "a.1").RunOf(2, 3), JobKey.Create("t", "a").RunOf(1, 2));
        Assert.Throws<InvalidRequestException>(() => JobKey.Create("t", new string('j', JobKey.MaxNameLength + 1)));
        Assert.Throws<InvalidRequestException>(() => JobKey.Parse("j"));
    }

    [Fact]
    public void ModelGrainKey_RoundTrip_KeepsThreeParts() =>
        Assert.Equal(
            new ModelGrainKey("127.0.0.1:11111@432", "cpu:0", "llmra-compact"),
            ModelGrainKey.Parse("127.0.0.1:11111@432/cpu:0/llmra-compact"));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a//c")]
    [InlineData("a/b/c/d")]
    public void ModelGrainKey_NotThreeParts_IsRefused(string key) => Assert.Throws<InvalidRequestException>(() => ModelGrainKey.Parse(key));

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\t")]
    [InlineData("é")]
    public void IdempotencyKey_NotAllowed_IsRefused(string key) => Assert.Throws<InvalidRequestException>(() => IdempotencyKey.GrainKeyOf("t", key));

    [Fact]
    public void IdempotencyKey_Any_IsInOneOfSixteenParts()
    {
        Assert.Equal(IdempotencyKey.GrainKeyOf("t", "order/17"), IdempotencyKey.GrainKeyOf("t", "order/17"));
        Assert.Equal(IdempotencyKey.Parts, Enumerable.Range(0, 1000).Select(i => IdempotencyKey.GrainKeyOf("t", $"key{i}")).Distinct().Count());
        Assert.Throws<InvalidRequestException>(() => IdempotencyKey.Require(new string('a', IdempotencyKey.MaxLength + 1)));
        Assert.Throws<InvalidRequestException>(() => IdempotencyKey.GrainKeyOf("a/b", "key"));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Settings_StrengthOutOfRange_IsRefused(double strength) =>
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(strength).Validate());

    [Theory]
    [InlineData("")]
    [InlineData("UniPC")]
    [InlineData("../unipc")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Settings_SchedulerThatIsNoName_IsRefused(string name) =>
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(Scheduler: name).Validate());

    [Fact]
    public void Settings_StepsAndGuidanceOutOfRange_AreRefused()
    {
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(Steps: 0).Validate());
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(Steps: 1001).Validate());
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(GuidanceScale: double.PositiveInfinity).Validate());
        new RestorationSettings(1, 1, 1000, 100, Scheduler: "euler-ancestral").Validate();
    }

    [Theory]
    [InlineData(null, false, 0)]        // neither
    [InlineData("ab12", true, 0)]       // both
    [InlineData("ab12", false, -1)]
    [InlineData("ab12", false, 1025)]
    public void Settings_RegionThatMakesNoSense_IsRefused(string? mask, bool hasBox, int feather) =>
        Assert.Throws<InvalidRequestException>(() =>
            new RestorationSettings(Region: new RestorationRegion(mask, hasBox ? new RegionBox(0, 0, 1, 1) : null, feather)).Validate());

    [Fact]
    public void Settings_BoxWithoutPixels_IsRefused() =>
        Assert.Throws<InvalidRequestException>(() => new RestorationSettings(Region: new RestorationRegion(Box: new RegionBox(0, 0, 0, 5))).Validate());
}
