using System.Text.Json;
using Darkroom.Models.Noise;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity.Pipelines;

/// <summary>What the tests of whole loops have in common.</summary>
internal static class PipelineFixtures
{
    /// <summary>The fixtures whose names begin so, of whatever seeds and sizes are there; one name that is skipped if there are none.</summary>
    public static TheoryData<string> Named(string prefix, string? usual = null)
    {
        var names = Fixture.Folder is { } folder && Directory.Exists(folder)
            ? Directory.GetDirectories(folder, prefix + "*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray()
            : [];
        return [.. names.DefaultIfEmpty(usual ?? prefix + "_tiny")];
    }

    public static SchedulerKind KindOf(JsonElement @case) => @case.GetProperty("cls").GetString() switch
    {
        "DDPMScheduler" => SchedulerKind.Ddpm,
        "DDIMScheduler" => SchedulerKind.Ddim,
        "UniPCMultistepScheduler" => SchedulerKind.UniPc,
        "PNDMScheduler" => SchedulerKind.Pndm,
        "EulerAncestralDiscreteScheduler" => SchedulerKind.EulerAncestral,
        var other => throw new InvalidOperationException($"The fixture has a scheduler of class {other}."),
    };

    /// <summary>Fails unless an 8-bit picture is the reference's, to within the levels that the fixture states.</summary>
    public static void AssertPicture(Fixture fixture, string key, Tensor actual) => AssertPicture(fixture, key, actual, fixture.Meta.GetProperty("tolerance").GetProperty("integer_outputs_max_level_difference").GetProperty(key).GetInt32());

    /// <summary>Fails unless an 8-bit picture is the reference's, to within some levels.</summary>
    public static void AssertPicture(Fixture fixture, string key, Tensor actual, int levels)
    {
        using var scope = NewDisposeScope();
        fixture.AssertClose(key, actual.to(ScalarType.Float64), levels, 0);
    }

    /// <summary>Fails unless a loss's gradients of the named parameters, and the norm over all, are the reference's.</summary>
    public static void AssertGradients(
        Fixture fixture, Tensor loss, IEnumerable<(string Name, Parameter Parameter)> learned, string prefix, string normKey)
    {
        var parameters = learned.ToList();
        foreach (var (_, parameter) in parameters)
            parameter.grad = null;
        loss.backward();
        var keys = fixture.Io.Entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            var (name, parameter) = parameters.Single(pair => pair.Name == key[prefix.Length..]);
            Assert.True(parameter.grad is not null, $"{name} has no gradient.");
            fixture.AssertClose(key, parameter.grad);
        }

        using var scope = NewDisposeScope();
        var squares = parameters.Where(pair => pair.Parameter.grad is not null).Select(pair => pair.Parameter.grad!.to(ScalarType.Float64).square().sum().ToDouble()).Sum();
        fixture.AssertClose(normKey, tensor((float)Math.Sqrt(squares)));
    }
}

/// <summary>The noise that a fixture recorded.</summary>
internal sealed class GivenNoise(Tensor initial, Tensor? steps) : INoiseSource
{
    public Tensor Normal(StepContext context, NoiseStage stage, ReadOnlySpan<long> shape, Device device)
    {
        var noise = stage switch
        {
            NoiseStage.InitialLatent => initial,
            NoiseStage.Step => (steps ?? throw new InvalidOperationException("The fixture has no noise of the steps."))[context.Step],
            _ => throw new InvalidOperationException($"The fixture has no noise of stage {stage}."),
        };
        Assert.Equal(shape.ToArray(), noise.shape);
        return noise.alias();
    }
}
