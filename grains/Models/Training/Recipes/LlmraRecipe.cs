using Darkroom.Models.Checkpoints;
using Darkroom.Models.Describers;
using Darkroom.Models.Describers.Rain;
using Darkroom.Models.Llmra;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>The compact LLMRA and its describer, one file, of which a part learns.</summary>
public sealed class LlmraParts : IDisposable
{
    /// <summary>Name of the file in the output folder.</summary>
    public const string FileName = "llmra-compact.safetensors";

    private readonly string output;

    /// <summary>Makes random networks, or loads those of a checkpoint.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Base and output.</param>
    /// <exception cref="ArgumentException">A part is to learn without the rest.</exception>
    public LlmraParts(LlmraTrainingOptions options, TrainingSetup setup)
    {
        output = Path.Combine(setup.Output, FileName);
        if (setup.Base is null)
        {
            if (options.Part != LlmraTrainingPart.All)
                throw new ArgumentException($"The part '{options.Part}' is trained into a checkpoint that has the rest: name it with --base.");
            manual_seed(options.Seed);
            Tokenizer = new DegradationTokenizer(InstructionWriter.Vocabulary);
            Network = new CompactLlmra(options.Shape?.ApplyTo(LlmraConfig.Compact) ?? LlmraConfig.Compact, Tokenizer.VocabularySize);
            Describer = new DescriberNetwork();
            RainHead = new RainHead();
            return;
        }

        using var file = SafetensorsFile.Open(Directory.Exists(setup.Base) ? Path.Combine(setup.Base, FileName) : setup.Base);
        (Network, Describer, Tokenizer) = CompactLlmraCheckpoint.LoadParts(file, setup.Device);
        manual_seed(options.Seed);
        if (options.Shape is { } shape && !shape.IsOf(Network.Config))
            Network = WithNewDcFormer(Network, shape.ApplyTo(Network.Config), Tokenizer.VocabularySize);
        RainHead = options.Part != LlmraTrainingPart.Rain && CompactLlmraCheckpoint.HasRainHead(file)
            ? CompactLlmraCheckpoint.LoadRainHead(file, setup.Device)
            : new RainHead();
    }

    /// <summary>Gets the restorer.</summary>
    public CompactLlmra Network { get; }

    /// <summary>Gets the describer.</summary>
    public DescriberNetwork Describer { get; }

    /// <summary>Gets the describer's rain head.</summary>
    public RainHead RainHead { get; }

    /// <summary>Gets what reads the texts.</summary>
    public DegradationTokenizer Tokenizer { get; }

    /// <summary>Writes the checkpoint, float16.</summary>
    /// <param name="rainHead">The rain head that goes into it.</param>
    public void Save(RainHead rainHead) => CompactLlmraCheckpoint.Save(output, Network, Describer, rainHead, Tokenizer, ScalarType.Float16);

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        Describer.Dispose();
        RainHead.Dispose();
    }

    // Text encoder, contexts and exposure head are taken over, weight by weight.
    private static CompactLlmra WithNewDcFormer(CompactLlmra trained, LlmraConfig config, int vocabularySize)
    {
        using (trained)
        {
            var begun = new CompactLlmra(config, vocabularySize);
            var from = trained.state_dict();
            using (no_grad())
            {
                foreach (var (name, weight) in begun.state_dict().Where(pair => !pair.Key.StartsWith(CompactLlmra.DcFormerPrefix, StringComparison.Ordinal)))
                    weight.copy_(from[name]);
            }

            return begun;
        }
    }
}

/// <summary>Trains the compact LLMRA and its describer.</summary>
/// <remarks>
/// Jin et al. 2024, arXiv:2401.11401, eqs. (3), (9), (10). The paper trains <c>&lt;refine&gt;</c> first and <c>&lt;restore&gt;</c> after; with a text encoder
/// that learns too, both in one batch keep the one from forgetting what the other taught. The DC-former is given the true gain, and
/// the exposure head learns that gain by itself: how bright a picture should be is a guess, and its errors, far larger than
/// those of noise, would drown what the DC-former has to learn (22.8 dB against 29.2 dB at sigma 25 after 2,600 steps).
/// </remarks>
public sealed class LlmraRecipe : ITrainingRecipe
{
    private const string DescriberPrefix = "describer.";

    private readonly LlmraTrainingOptions options;
    private readonly TrainingSetup setup;
    private readonly LlmraParts parts;
    private readonly CompactLlmra network;

    /// <summary>Makes or loads the networks.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Base, output and pictures.</param>
    public LlmraRecipe(LlmraTrainingOptions options, TrainingSetup setup)
    {
        (this.options, this.setup) = (options, setup);
        parts = new LlmraParts(options, setup);
        network = parts.Network;
        network.to(setup.Device).train();
        parts.Describer.to(setup.Device).train();
        Parts = [new TrainedPart("llmra", [.. Learnt()], Compute)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public void Export() => parts.Save(parts.RainHead);

    /// <inheritdoc/>
    public void Dispose() => parts.Dispose();

    private IEnumerable<(string Name, Parameter Parameter)> Learnt()
    {
        (string Prefix, nn.Module Network)[] networks = options.Part switch
        {
            LlmraTrainingPart.DcFormer => [("dcformer.", network.Restorer.DcFormer)],
            LlmraTrainingPart.Heads => [("exposure.", network.Exposure), (DescriberPrefix, parts.Describer)],
            _ => [("network.", network), (DescriberPrefix, parts.Describer)],
        };
        return networks.SelectMany(pair => pair.Network.named_parameters().Where(named => !IsTone(pair.Prefix, named.name)).Select(named => (pair.Prefix + named.name, named.parameter)));
    }

    // The tone estimator has a recipe of its own.
    private static bool IsTone(string prefix, string name) => prefix == DescriberPrefix && name.StartsWith(DescriberNetwork.TonePrefix, StringComparison.Ordinal);

    private StepLosses Compute(TrainingDraw draw)
    {
        LlmraBatch batch;
        using (no_grad())
        {
            var source = new LlmraBatchSource(setup.Pictures.Tiles, parts.Tokenizer, network.Config.TextTokens, options.GaussianShare, draw.Random, draw.Generator);
            batch = source.Next(options.BatchSize, options.RestoreRows, options.DialogueRows, options.PatchSizeAt(draw.Fraction), draw.Fraction < options.PlainShare).To(setup.Device);
        }

        return options.Part switch
        {
            LlmraTrainingPart.Heads => Heads(batch),
            LlmraTrainingPart.DcFormer => DcFormer(batch),
            _ => All(batch),
        };
    }

    private StepLosses All(LlmraBatch batch)
    {
        var (context, restoreContext) = Contexts(batch);
        var reconstruction = LlmraLosses.Reconstruction(network.Restore(batch.Degraded, context, batch.Gain, batch.Shoulder), batch.Target);   // eq. (9)
        var exposing = ExposureLoss(network.Exposure.call(context), batch);
        var describing = DescriberLoss(batch);
        var loss = reconstruction + (options.ExposureWeight * exposing) + (options.DescriberWeight * describing);
        if (restoreContext is null)
            return new StepLosses(loss, ("absolute", reconstruction), ("exposure", exposing), ("describer", describing));
        var triplet = LlmraLosses.Triplet(                                      // eq. (3)
            restoreContext,
            network.Restorer.RefineContext(network.TextEncoder.call(batch.TrueText)),
            network.Restorer.RefineContext(network.TextEncoder.call(batch.FalseText)),
            options.TripletMargin);
        return new StepLosses(                                                  // eq. (10)
            loss + (options.TripletWeight * triplet), ("absolute", reconstruction), ("triplet", triplet), ("exposure", exposing), ("describer", describing));
    }

    private StepLosses Heads(LlmraBatch batch)
    {
        Tensor context;
        using (no_grad())
            (context, _) = Contexts(batch);
        var exposing = ExposureLoss(network.Exposure.call(context), batch);
        var describing = DescriberLoss(batch);
        return new StepLosses(exposing + describing, ("exposure", exposing), ("describer", describing));
    }

    private StepLosses DcFormer(LlmraBatch batch)
    {
        Tensor context;
        using (no_grad())
            (context, _) = Contexts(batch);
        var reconstruction = LlmraLosses.Reconstruction(network.Restore(batch.Degraded, context, batch.Gain, batch.Shoulder), batch.Target);
        return new StepLosses(reconstruction, ("absolute", reconstruction));
    }

    private static Tensor ExposureLoss(Tensor gain, LlmraBatch batch) => (gain.log() - batch.Brightening.log()).abs().mean();

    // The first rows go through CEM, the others take the text at its word; then all are one batch.
    private (Tensor All, Tensor? Restore) Contexts(LlmraBatch batch)
    {
        var (restoreRows, refineRows) = (options.RestoreRows, options.BatchSize - options.RestoreRows);
        var text = network.TextEncoder.call(batch.Text);                        // [B, N, D]
        if (restoreRows == 0)
            return (network.Restorer.RefineContext(text), null);
        var restoreContext = network.Restorer.RestoreContext(batch.Overview.narrow(0, 0, restoreRows), text.narrow(0, 0, restoreRows));
        var context = refineRows == 0
            ? restoreContext
            : cat([restoreContext, network.Restorer.RefineContext(text.narrow(0, restoreRows, refineRows))], 0);
        return (context, restoreContext);
    }

    private Tensor DescriberLoss(LlmraBatch batch)
    {
        var measured = parts.Describer.MeasurePatches(batch.Degraded);          // [B, 2]
        return (measured.select(1, 0) - batch.LogSigma).abs().mean();
    }
}
