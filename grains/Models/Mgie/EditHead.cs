using Darkroom.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Linear = Darkroom.Models.Layers.Linear;

namespace Darkroom.Models.Mgie;

/// <summary>MGIE's edit head: turns the language model's states of the [IMG] tokens into the text features of a UNet.</summary>
/// <remarks>Fu et al. 2023, arXiv:2309.17102, section 3.2 (T); names as in the official <c>EditMapper</c>, in <c>mllm.pt</c> under <c>edit_head.</c></remarks>
public sealed class EditHead : nn.Module<Tensor, Tensor, Tensor>, IOwnInitialization
{
    [ComponentName(Name = "query")]
    private readonly Parameter query;                                           // [1, queries, D]
    [ComponentName(Name = "llm2hid")]
    private readonly Linear enter;
    [ComponentName(Name = "mapper")]
    private readonly EditTransformer transformer;
    [ComponentName(Name = "hid2feat")]
    private readonly Linear leave;

    /// <summary>Makes a head without weights.</summary>
    public EditHead(EditHeadConfig config)
        : base(nameof(EditHead))
    {
        Config = config;
        query = Uninitialized.Parameter(1, config.QueryCount, config.Width);
        enter = new Linear(config.LanguageWidth, config.Width);
        transformer = new EditTransformer(config);
        leave = new Linear(config.Width, config.OutputWidth);
        RegisterComponents();
    }

    /// <summary>Gets the sizes.</summary>
    public EditHeadConfig Config { get; }

    /// <summary>Gives the text features.</summary>
    /// <param name="input1">Hidden states that give the [IMG] tokens, [B, N, LanguageWidth]; zeros give the features of no text.</param>
    /// <param name="input2">Embeddings of the [IMG] tokens (<c>emb</c> of the checkpoint), [B or 1, N, LanguageWidth]; added to the states.</param>
    /// <returns>[B, QueryCount, OutputWidth]; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        TensorShape.Require(input1, nameof(input1), TensorShape.Any, TensorShape.Any, Config.LanguageWidth);
        TensorShape.Require(input2, nameof(input2), input2.shape is [1, ..] ? 1 : input1.shape[0], input1.shape[1], Config.LanguageWidth);
        using var scope = NewDisposeScope();
        var states = enter.call(input1 + input2);                               // [B, N, D]
        var queries = query.expand(input1.shape[0], -1, -1);                    // [B, queries, D]
        return leave.call(transformer.call(states, queries)).MoveToOuterDisposeScope();
    }

    void IOwnInitialization.Initialize(Generator generator) => query.normal_(0, 1, generator);
}
