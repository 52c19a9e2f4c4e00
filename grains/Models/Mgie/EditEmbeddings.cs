using System.Text.Json;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Layers;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Darkroom.Models.Mgie;

/// <summary>Sizes of what MGIE's <c>mllm.pt</c> replaces in the language model.</summary>
/// <param name="VocabularySize">Number of tokens, those of pictures included.</param>
/// <param name="Width">Width of the language model.</param>
/// <param name="ImageTokenCount">Number of [IMG] tokens.</param>
public sealed record EditEmbeddingsConfig(int VocabularySize, int Width, int ImageTokenCount)
{
    /// <summary>Reads settings; absent ones are those of the published checkpoint.</summary>
    /// <exception cref="InvalidCheckpointException">A value is not supported.</exception>
    public static EditEmbeddingsConfig Parse(JsonElement json)
    {
        var root = new ConfigReader(json, "MGIE embeddings");
        return new EditEmbeddingsConfig(root.Size("vocab_size", 32011), root.Size("hidden_size", 4096), root.Size("image_tokens", 8));
    }
}

/// <summary>What MGIE's <c>mllm.pt</c> puts in the place of the language model's own: words, their scores, and the [IMG] tokens' embeddings.</summary>
/// <remarks>Fu et al. 2023, arXiv:2309.17102; names as in the file, where the edit head stands beside them.</remarks>
public sealed class EditEmbeddings : nn.Module
{
    [ComponentName(Name = "model")]
    private readonly Words model;
    [ComponentName(Name = "lm_head")]
    private readonly Linear head;
    [ComponentName(Name = "emb")]
    private readonly Parameter imageTokens;

    /// <summary>Makes them without weights.</summary>
    public EditEmbeddings(EditEmbeddingsConfig config)
        : base(nameof(EditEmbeddings))
    {
        model = new Words(config);
        head = new Linear(config.Width, config.VocabularySize, bias: false);
        imageTokens = Uninitialized.Parameter(1, config.ImageTokenCount, config.Width);
        RegisterComponents();
    }

    /// <summary>Gets the embeddings of all tokens, [vocabulary, width].</summary>
    public Parameter Tokens => model.Tokens;

    /// <summary>Gets what gives the scores of all tokens, [vocabulary, width].</summary>
    public Parameter Head => head.Weight;

    /// <summary>Gets the [IMG] tokens' embeddings that the edit head adds, [1, tokens, width].</summary>
    public Parameter ImageTokens => imageTokens;

    private sealed class Words : nn.Module
    {
        [ComponentName(Name = "embed_tokens")]
        private readonly Embedding tokens;

        public Words(EditEmbeddingsConfig config)
            : base(nameof(Words))
        {
            tokens = new Embedding(config.VocabularySize, config.Width);
            RegisterComponents();
        }

        public Parameter Tokens => tokens.Weight;
    }
}
