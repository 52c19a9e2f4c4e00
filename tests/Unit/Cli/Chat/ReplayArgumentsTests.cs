using Darkroom.Cli.Chat;
using Darkroom.Cli.CommandLine;
using Xunit;

namespace Darkroom.Tests.Unit.Cli.Chat;

public sealed class ReplayArgumentsTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("v2", "v2", null)]
    [InlineData("--seed 7", null, 7ul)]
    [InlineData(" v2  --seed 18446744073709551615 ", "v2", ulong.MaxValue)]
    [InlineData("--seed 7 v2", "v2", 7ul)]
    public void Parse_WhatIsAllowed_IsUnderstood(string argument, string? version, ulong? seed) =>
        Assert.Equal(new ReplayArguments(version, seed), ReplayArguments.Parse(argument));

    [Theory]
    [InlineData("v1 v2")]
    [InlineData("--seed")]
    [InlineData("--seed -1")]
    [InlineData("--seed 18446744073709551616")]
    [InlineData("--seed seven")]
    public void Parse_AnythingElse_IsRefused(string argument) => Assert.Throws<InputException>(() => ReplayArguments.Parse(argument));
}
