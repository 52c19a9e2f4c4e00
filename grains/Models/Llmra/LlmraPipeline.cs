using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Llmra;

/// <summary>LLMRA as the cluster serves it: a one-step pipeline over tiles, with one context for the whole run.</summary>
/// <remarks>
/// CEM looks at the overview and not at each tile as in training at full size: all tiles of a picture must be treated
/// alike. The latent of a tile is its pixels.
/// </remarks>
public sealed class LlmraPipeline : IRestorationPipeline
{
    private const string ContextName = "context";
    private const string GainName = "gain";
    private const string ShoulderName = "shoulder";
    private const string EffectName = "effect";

    // A restoration that wants less light than this has decided that the picture is not dark.
    private const double MeteredFrom = 1.3;

    private readonly CompactLlmra network;
    private readonly ToneEstimator tone;
    private readonly DegradationTokenizer tokenizer;
    private readonly Device device;

    /// <summary>Takes ownership of the networks.</summary>
    /// <param name="network">The network, on <paramref name="device"/>, in evaluation mode.</param>
    /// <param name="tone">Measures by how much dark pictures are brightened; likewise.</param>
    /// <param name="tokenizer">The tokenizer it was trained with.</param>
    /// <param name="profile">Name, hash and tile sizes.</param>
    /// <param name="device">Where the network is.</param>
    public LlmraPipeline(CompactLlmra network, ToneEstimator tone, DegradationTokenizer tokenizer, PipelineProfile profile, Device device)
    {
        this.network = network;
        this.tone = tone;
        this.tokenizer = tokenizer;
        this.device = device;
        Profile = profile;
    }

    /// <inheritdoc/>
    public PipelineProfile Profile { get; }

    /// <inheritdoc/>
    public int CountSteps(RunSettings settings)
    {
        if (settings.Steps is not (null or 1))
            throw new ArgumentException($"The pipeline '{Profile.Name}' restores in one step; {settings.Steps} steps were asked for.");
        if (settings.GuidanceScale is not (null or 1))
            throw new ArgumentException($"The pipeline '{Profile.Name}' has no guidance; a guidance scale of {settings.GuidanceScale} was asked for.");
        return 1;
    }

    /// <inheritdoc/>
    public Conditioning Prepare(Tensor overview, Instruction instruction, RunSettings settings)
    {
        using var scope = NewDisposeScope();
        var ids = tensor(tokenizer.Encode(instruction.Text, network.Config.TextTokens), device: device).unsqueeze(0);   // [1, N]
        var text = network.TextEncoder.call(ids);                               // T_fea, [1, N, D]
        var context = instruction.Kind == InstructionKind.Restore
            ? network.Restorer.RestoreContext(overview.to(device), text)
            : network.Restorer.RefineContext(text);                             // Z
        var gain = network.Exposure.call(context);                              // [1, 3, 1, 1]
        var shoulder = zeros(1, 3, 1, 1, device: device);
        if (instruction.Kind == InstructionKind.Restore && gain.mean().ToDouble() > MeteredFrom)
        {
            var seen = overview.to(device);
            (gain, shoulder) = tone.Curve(seen);
            (gain, shoulder) = ToneMeter.Strengthen(seen, gain, shoulder);
        }


        // Where the describer finds nothing wrong, a restoration leaves the picture alone to the last bit.
        var isNeeded = instruction.Kind != InstructionKind.Restore || instruction.Text.Trim() != DegradationSentences.NothingWrong;
        var effect = full(1, 1, 1, 1, isNeeded ? 1f : 0f, device: device);
        return new Conditioning([new(ContextName, context), new(GainName, gain), new(ShoulderName, shoulder), new(EffectName, effect)]);
    }

    /// <inheritdoc/>
    public Tensor Encode(Tensor tile, StepContext context) => tile.to(device, copy: true);

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, IReadOnlyList<StepContext> contexts)
    {
        using var scope = NewDisposeScope();
        var context = cat(contexts.Select(row => row.Conditioning[ContextName]).ToArray(), 0);   // [B, N, D]
        var gain = cat(contexts.Select(row => row.Conditioning[GainName]).ToArray(), 0);         // [B, 3, 1, 1]
        var shoulder = cat(contexts.Select(row => row.Conditioning[ShoulderName]).ToArray(), 0);   // [B, 3, 1, 1]
        var effect = cat(contexts.Select(row => row.Conditioning[EffectName]).ToArray(), 0);       // [B, 1, 1, 1]
        var restored = network.Restore(latents, context, gain, shoulder);
        return (effect * restored + (1 - effect) * latents).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Finish(Tensor latents) => latents.clamp(0, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        network.Dispose();
        tone.Dispose();
    }
}
