using Darkroom.Models.Training.Loop;
using Xunit;

namespace Darkroom.Tests.Unit.Models.Training.Loop;

public sealed class TrainingOptionsFileTests
{
    [Fact]
    public void Parse_KeysInAnyCaseWithComments_AreTaken()
    {
        var options = TrainingOptionsFile.Parse<ToyOptions>("""{ "Seed": 3, /* few */ "steps": 7, "schedule": "constant", }""", "toy.json");
        Assert.Equal((3, 7, RateSchedule.Constant), (options.Seed, options.Steps, options.Schedule));
        Assert.Equal(options, TrainingOptionsFile.Parse<ToyOptions>(TrainingOptionsFile.Write(options), "again"));
    }

    [Theory]
    [InlineData("""{ "stepps": 7 }""", "there is no key 'stepps'; known are accumulation, ")]
    [InlineData("""{ "steps": 7, "Steps": 8 }""", "twice")]
    [InlineData("""{ "steps": 0 }""", "steps is 0, allowed is 1 to")]
    [InlineData("""{ "steps": "many" }""", "the value of 'steps' is of the wrong kind")]
    [InlineData("""{ "schedule": "linear" }""", "'schedule'")]
    [InlineData("""{ "learningRate": -1 }""", "learningRate is -1, allowed is above 0")]
    [InlineData("""{ "averagingDecay": 1 }""", "averagingDecay is 1, allowed is 0 to below 1")]
    [InlineData("""{ "warmupSteps": 11, "steps": 10 }""", "warmupSteps is 11, allowed is 0 to steps, 10")]
    [InlineData("""{ "accumulation": 0 }""", "accumulation is 0")]
    [InlineData("""{ "maxGradientNorm": 0 }""", "maxGradientNorm is 0")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("{ nonsense", "is not a training configuration")]
    [InlineData("", "is not a training configuration")]
    public void Parse_WhatCannotBeUsed_IsRefusedWithTheCause(string json, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => TrainingOptionsFile.Parse<ToyOptions>(json, "toy.json"));
        Assert.StartsWith("toy.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void LearningRates_RiseThenFallAlongACosine()
    {
        var options = new ToyOptions { LearningRate = 2, WarmupSteps = 10, Steps = 100, FinalRateShare = 0.1 };
        Assert.Equal(0.2, LearningRates.At(options, 1, 0), 1e-9);
        Assert.Equal(2, LearningRates.At(options, 10, 0), 1e-9);
        Assert.Equal(1.1, LearningRates.At(options, 50, 0.5), 1e-9);
        Assert.Equal(0.2, LearningRates.At(options, 100, 1), 1e-9);
        Assert.Equal(2, LearningRates.At(options with { Schedule = RateSchedule.Constant }, 100, 1), 1e-9);
    }

    [Fact]
    public void Turns_OfManyPasses_AreEachItemOnceARound()
    {
        var seen = Enumerable.Range(0, 10).SelectMany(step => { using var draw = new TrainingDraw(4, step); return draw.Turns(3, 5); }).ToArray();
        Assert.All(seen.Chunk(5), round => Assert.Equal([0, 1, 2, 3, 4], round.Order()));
        Assert.NotEqual(seen[..5], seen[5..10]);
    }
}
