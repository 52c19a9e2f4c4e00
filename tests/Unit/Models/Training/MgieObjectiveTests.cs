using Darkroom.Models.Mgie;
using Darkroom.Models.Schedulers;
using Darkroom.Models.Training.Objectives;
using Darkroom.Tests.Unit.Models.Mgie;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Unit.Models.Training;

public sealed class MgieObjectiveTests
{
    private const int Side = 8;

    [Fact]
    public void Training_OneEdit_HalvesTheLossOfWordsAndOfTheEdit()
    {
        using var scope = NewDisposeScope();
        using var networks = TinyMgie.Create(1);
        var schedule = new NoiseSchedule(new SchedulerConfig { BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear });
        var objective = new MgieObjective(networks, schedule);
        using var optimizer = optim.AdamW(networks.Language.parameters().Concat(networks.Head.parameters()).Concat(networks.UNet.parameters()), 5e-3);
        var (batch, draws) = (Batch(), Draws());

        (double Words, double Edit) first = default, last = default;
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            var losses = objective.Compute(batch, draws);
            optimizer.zero_grad();
            losses.Total.backward();
            optimizer.step();
            last = (losses.Writing.ToDouble(), losses.Edit.ToDouble());
            first = step == 0 ? last : first;
        }

        Assert.InRange(last.Words, 0, first.Words / 2);
        Assert.InRange(last.Edit, 0, first.Edit / 2);
    }

    [Fact]
    public void Compute_LabelsWithoutImageTokens_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var networks = TinyMgie.Create(1);
        var schedule = new NoiseSchedule(new SchedulerConfig());
        var batch = Batch() with { Labels = full([1, 20], MgieObjective.IgnoredLabel, dtype: ScalarType.Int64) };
        var error = Assert.Throws<ArgumentException>(() => new MgieObjective(networks, schedule).Compute(batch, Draws()));
        Assert.Contains("[IMG]", error.Message, StringComparison.Ordinal);
    }

    private static MgieBatch Batch()
    {
        var tokens = TinyMgie.Tokens;
        long[] prompt = [1, 5, tokens.Start, .. Enumerable.Repeat(tokens.Patch, TinyMgie.Patches), tokens.End, 6];
        long[] answer = [10, 11, .. Enumerable.Range(0, MgieTokens.ImageTokenCount).Select(i => tokens.FirstImage + i), 2];
        var ids = tensor([.. prompt, .. answer], [1, prompt.Length + answer.Length]);
        var labels = tensor([.. Enumerable.Repeat(MgieObjective.IgnoredLabel, prompt.Length), .. answer], [1, prompt.Length + answer.Length]);
        var random = new Generator(4);
        return new MgieBatch(
            ids, labels, ones_like(ids), randn(1, 3, 28, 28, generator: random), rand(1, 3, Side, Side, generator: random), rand(1, 3, Side, Side, generator: random));
    }

    private static MgieDraws Draws()
    {
        var random = new Generator(5);
        return new MgieDraws(
            randn(1, 4, Side / 2, Side / 2, generator: random), randn(1, 4, Side / 2, Side / 2, generator: random), tensor([400L]), tensor([0.5f]));
    }
}
