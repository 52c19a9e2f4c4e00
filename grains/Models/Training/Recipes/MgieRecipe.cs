using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Clip;
using Darkroom.Models.Llama;
using Darkroom.Models.Mgie;
using Darkroom.Models.Schedulers;
using Darkroom.Models.StableDiffusion;
using Darkroom.Models.Tokenizers;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>How MGIE is trained.</summary>
public sealed record MgieTrainingOptions : TrainingOptions
{
    /// <summary>Gets the side of the patches (pixels). Default: 256, as the paper.</summary>
    public int PictureSize { get; init; } = 256;

    /// <inheritdoc/>
    public override int SmallestPicture => PictureSize;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequirePictureSize(nameof(PictureSize), PictureSize);
    }
}

/// <summary>Trains MGIE: words and their scores, the edit head and the UNet learn; LLaMA's layers, CLIP and the VAE stay.</summary>
/// <remarks>
/// Fu et al. 2023, arXiv:2309.17102, eqs. (4) to (8): cross-entropy of the expressive instruction and half the squared error of the noise.
/// Text, picture or both are left out for a twentieth of the samples each, drawn for every sample by itself.
/// </remarks>
public sealed class MgieRecipe : ITrainingRecipe
{
    private const string WordsName = "model.embed_tokens.weight";
    private const string ScoresName = "lm_head.weight";
    private const int PictureTokens = 3;                                        // patch, start, end
    private const int AnswerRoom = 96;

    private readonly MgieTrainingOptions options;
    private readonly TrainingSetup setup;
    private readonly TrainingCheckpoint checkpoint;
    private readonly MgieNetworks networks;
    private readonly MgieObjective objective;
    private readonly MgiePrompt prompt;
    private readonly SentencePieceTokenizer tokenizer;
    private readonly int timestepCount;
    private readonly (FoundComponent Embeddings, FoundComponent Head, FoundComponent UNet) files;

    /// <summary>Loads the networks.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Checkpoint and pictures.</param>
    /// <exception cref="InvalidCheckpointException">A network is missing or damaged.</exception>
    public MgieRecipe(MgieTrainingOptions options, TrainingSetup setup)
    {
        (this.options, this.setup, checkpoint) = (options, setup, setup.OpenCheckpoint());
        var scheduler = checkpoint.ReadScheduler(SchedulerKind.Ddpm);
        timestepCount = scheduler.TrainTimesteps;
        var languageFile = checkpoint.Only("llama");
        files = (checkpoint.Only("edit-embeddings"), checkpoint.Only("edit-head"), FindUNet());
        foreach (var file in (FoundComponent[])[files.Embeddings, files.Head, files.UNet])
            TrainingCheckpoint.RequireWritable(file);
        tokenizer = checkpoint.ReadSentencePiece(languageFile);

        using var embeddings = checkpoint.Load<EditEmbeddings>(files.Embeddings);
        var language = MakeLanguage(languageFile, embeddings);
        var first = language.Config.VocabularySize - MgieTokens.ImageTokenCount;   // the added tokens are the last
        var tokens = new MgieTokens(first - PictureTokens, first - PictureTokens + 1, first - PictureTokens + 2, first);
        networks = new MgieNetworks(
            checkpoint.Load<ClipVisionModel>("clip-vision"), language, checkpoint.Load<EditHead>(files.Head), embeddings.ImageTokens.detach().clone().DetachFromDisposeScope(),
            checkpoint.Load<UNet2DCondition>(files.UNet), checkpoint.Load<AutoencoderKL>("vae"), tokens)
        {
            FeatureLayer = new ConfigReader(languageFile.Config, "LLaVA").Index("mm_vision_select_layer", -2),
        };
        prompt = new MgiePrompt(tokenizer, tokens, (int)networks.Vision.Config.PatchCount, language.Config.MaxTokens - AnswerRoom);
        objective = new MgieObjective(networks, new NoiseSchedule(scheduler));

        TrainingBatch.Freeze([networks.Vision, networks.Vae]);
        foreach (var (name, parameter) in language.named_parameters())
            parameter.requires_grad = name is WordsName or ScoresName;
        Parts =
        [
            new TrainedPart("mgie",
                [.. language.named_parameters().Where(pair => pair.name is WordsName or ScoresName).Select(pair => ($"language.{pair.name}", pair.parameter)),
                 .. networks.Head.named_parameters().Select(pair => ($"head.{pair.name}", pair.parameter)),
                 .. networks.UNet.named_parameters().Select(pair => ($"unet.{pair.name}", pair.parameter))],
                Compute),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <inheritdoc/>
    public void Begin() => checkpoint.CopyFiles();

    /// <inheritdoc/>
    public void Export()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var weights = networks.Language.state_dict();
        using var embeddings = (EditEmbeddings)files.Embeddings.Kind.Make(files.Embeddings.Config);
        embeddings.Tokens.copy_(weights[WordsName]);
        embeddings.Head.copy_(weights[ScoresName]);
        // The objective gives the edit head the words' own rows, so these are what it has learnt to add.
        embeddings.ImageTokens.copy_(networks.Language.ImageTokenRows(MgieTokens.ImageTokenCount));
        checkpoint.Write(files.Embeddings, embeddings);
        checkpoint.Write(files.Head, networks.Head);
        checkpoint.Write(files.UNet, networks.UNet);
    }

    /// <inheritdoc/>
    public void Dispose() => networks.Dispose();

    private StepLosses Compute(TrainingDraw draw)
    {
        var edits = new List<DrawnEdit>();
        var (picture, goal) = TrainingBatch.Pairs(setup.Pictures, draw, options.BatchSize, options.PictureSize, setup.Device, (clean, _) =>
        {
            edits.Add(DrawnEdits.Draw(clean, draw.Random));
            return edits[^1].Goal;
        });
        var (ids, labels, mask) = Words(edits);
        var latent = TrainingBatch.LatentShape(options.BatchSize, networks.Vae.Config.LatentChannels, options.PictureSize, networks.Vae.Config.PixelsPerCell);
        var losses = objective.Compute(
            new MgieBatch(ids, labels, mask, DiffPluginObjective.ClipPixels(picture, networks.Vision.Config.ImageSide), picture, goal),
            new MgieDraws(
                draw.Normal(setup.Device, latent), draw.Normal(setup.Device, latent), draw.Timesteps(setup.Device, options.BatchSize, timestepCount),
                rand([options.BatchSize], generator: draw.Generator).to(setup.Device)));
        return new StepLosses(losses.Total, ("total", losses.Total), ("words", losses.Writing), ("edit", losses.Edit));
    }

    // Prompt, expressive instruction, [IMG] tokens, end; padding behind. Only what the model writes is learnt.
    private (Tensor Ids, Tensor Labels, Tensor Mask) Words(List<DrawnEdit> edits)
    {
        var rows = edits.ConvertAll(edit =>
        {
            var question = prompt.Encode(edit.Instruction);
            long[] answer =
            [
                .. tokenizer.Encode(edit.Expressive).Select(id => (long)id),
                .. Enumerable.Range(0, MgieTokens.ImageTokenCount).Select(index => networks.Tokens.FirstImage + index),
                networks.Language.Config.EndId,
            ];
            return (Question: question, Answer: answer);
        });
        var length = rows.Max(row => row.Question.Count + row.Answer.Length);
        return (
            Table(row => [.. row.Question, .. row.Answer], padding: 0),
            Table(row => [.. Enumerable.Repeat(MgieObjective.IgnoredLabel, row.Question.Count), .. row.Answer], MgieObjective.IgnoredLabel),
            Table(row => [.. Enumerable.Repeat(1L, row.Question.Count + row.Answer.Length)], padding: 0));

        Tensor Table(Func<(IReadOnlyList<long> Question, long[] Answer), long[]> select, long padding) => tensor(
            rows.SelectMany(row => select(row).Concat(Enumerable.Repeat(padding, length - row.Question.Count - row.Answer.Length))).ToArray(),
            [rows.Count, length], device: setup.Device);
    }

    // The paper publishes its UNet beside the edit head; InstructPix2Pix, whose VAE is taken, has one of its own.
    private FoundComponent FindUNet()
    {
        var folder = Path.GetDirectoryName(checkpoint.Only("edit-head").WeightFiles[0]);
        return checkpoint.Find("unet").FirstOrDefault(component => Path.GetDirectoryName(component.WeightFiles[0]) == folder) ?? checkpoint.Only("unet");
    }

    // LLaMA's layers, with more words than LLaMA has.
    private LlamaForCausalLm MakeLanguage(FoundComponent file, EditEmbeddings embeddings)
    {
        var config = LlamaConfig.Parse(file.Config) with { VocabularySize = (int)embeddings.Tokens.shape[0] };
        if (config.VisionWidth == 0)
            throw new InvalidCheckpointException($"'{file.Name}' has no mm_hidden_size; MGIE needs a LLaVA with its projector.");
        return checkpoint.Fill(new LlamaForCausalLm(config), file, new Dictionary<string, Tensor> { [WordsName] = embeddings.Tokens, [ScoresName] = embeddings.Head });
    }
}
