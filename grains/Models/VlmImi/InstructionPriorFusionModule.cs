using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.VlmImi;

/// <summary>IPFM: draws a fixed number of text features out of an instruction, depending on the timestep.</summary>
/// <remarks>
/// Sun et al. 2025, VLM-IMI, eq. (2), as the official code has it (<c>IPFMs</c>): keys and values are the latent queries and
/// the text, not the text alone; padding of the text is seen; there is no output projection and no final norm.
/// </remarks>
public sealed class InstructionPriorFusionModule : nn.Module<Tensor, Tensor, Tensor>
{
    private const double LongestPeriod = 10000;

    [ComponentName(Name = "time_embedding")]
    private readonly TimeEmbedding timeEmbedding;
    [ComponentName(Name = "connector")]
    private readonly Connector connector;

    /// <summary>Makes a module without weights.</summary>
    public InstructionPriorFusionModule(IpfmConfig config)
        : base(nameof(InstructionPriorFusionModule))
    {
        Config = config;
        timeEmbedding = new TimeEmbedding(config);
        connector = new Connector(config);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public IpfmConfig Config { get; }

    /// <summary>Gives the text features.</summary>
    /// <param name="input1">The text encoder's last hidden state, [B, N, TextWidth].</param>
    /// <param name="input2">Timesteps 0..T-1, [B] or [1] integers.</param>
    /// <returns>[B, QueryCount, D]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        TensorShape.Require(input1, nameof(input1), TensorShape.Any, TensorShape.Any, Config.TextWidth);
        TensorShape.Require(input2, nameof(input2), input2.shape is [1] ? 1 : input1.shape[0]);
        using var scope = NewDisposeScope();
        var time = EmbedTime(TimeFeature(input2).to(input1.dtype)).unsqueeze(1).expand(input1.shape[0], 1, -1);   // [B, 1, TimeWidth]
        return connector.call(input1, time).MoveToOuterDisposeScope();
    }

    /// <summary>Cosines, then sines, of the timesteps.</summary>
    /// <param name="timesteps">[B] integers.</param>
    /// <returns>[B, TimeChannels] float32; the caller disposes it.</returns>
    public Tensor TimeFeature(Tensor timesteps)
    {
        TensorShape.Require(timesteps, nameof(timesteps), TensorShape.Any);
        using var scope = NewDisposeScope();
        var half = Config.TimeChannels / 2;
        var frequencies = (arange(half, dtype: ScalarType.Float32, device: timesteps.device) * -Math.Log(LongestPeriod) / half).exp();
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(-1) * frequencies;   // [B, half]
        return cat([angles.cos(), angles.sin()], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Embeds the feature of timesteps.</summary>
    /// <param name="feature">What <see cref="TimeFeature"/> gave, [B, TimeChannels].</param>
    /// <returns>[B, TimeWidth]; the caller disposes it.</returns>
    public Tensor EmbedTime(Tensor feature)
    {
        TensorShape.Require(feature, nameof(feature), TensorShape.Any, Config.TimeChannels);
        return timeEmbedding.call(feature);
    }

    private sealed class TimeEmbedding : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "linear_1")]
        private readonly Linear enter;
        [ComponentName(Name = "linear_2")]
        private readonly Linear leave;

        public TimeEmbedding(IpfmConfig config)
            : base(nameof(TimeEmbedding))
        {
            enter = new Linear(config.TimeChannels, config.TimeWidth);
            leave = new Linear(config.TimeWidth, config.TimeWidth);
            RegisterComponents();
        }

        public override Tensor forward(Tensor feature)
        {
            using var scope = NewDisposeScope();
            return leave.call(nn.functional.silu(enter.call(feature))).MoveToOuterDisposeScope();
        }
    }

    private sealed class Connector : nn.Module<Tensor, Tensor, Tensor>, IOwnInitialization
    {
        private readonly int width;

        [ComponentName(Name = "latents")]
        private readonly Parameter queries;                                     // [queries, D]
        [ComponentName(Name = "time_aware_linear")]
        private readonly Linear timeToQueries;
        [ComponentName(Name = "proj_in")]
        private readonly Linear enter;
        [ComponentName(Name = "ipfm_blocks")]
        private readonly ModuleList<IpfmBlock> blocks;

        public Connector(IpfmConfig config)
            : base(nameof(Connector))
        {
            width = config.Width;
            queries = Uninitialized.Parameter(config.QueryCount, width);
            timeToQueries = new Linear(config.TimeWidth, width);
            enter = new Linear(config.TextWidth, width);
            blocks = new ModuleList<IpfmBlock>(Enumerable.Range(0, config.LayerCount).Select(_ => new IpfmBlock(config)).ToArray());
            RegisterComponents();
        }

        public void Initialize(Generator generator) => queries.normal_(0, 1 / Math.Sqrt(width), generator);

        public override Tensor forward(Tensor text, Tensor time)
        {
            using var scope = NewDisposeScope();
            var active = nn.functional.silu(time);                              // [B, 1, TimeWidth]
            var latents = queries + timeToQueries.call(active);                 // [B, queries, D]
            var tokens = enter.call(text);                                      // [B, N, D]
            foreach (var block in blocks)
                latents = block.call(latents, tokens, active);
            return latents.MoveToOuterDisposeScope();
        }
    }
}
