using System.Globalization;
using Darkroom.Models.Checkpoints;
using Darkroom.Models.Checkpoints.Layouts;
using Darkroom.Models.Clip;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Data.Tasks;
using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>How Diff-Plugin's selector is trained.</summary>
public sealed record SelectorTrainingOptions : TrainingOptions
{
    /// <summary>Gets the texts of other tasks that each picture is compared with. Default: 31.</summary>
    public int Negatives { get; init; } = 31;

    /// <summary>Gets τ. Default: 0.07.</summary>
    public double Temperature { get; init; } = SelectorObjective.DefaultTemperature;

    /// <summary>Gets a value indicating whether the positive text is in the denominator; false is eq. (6) as printed. Default: false.</summary>
    public bool KeepsPositive { get; init; }

    /// <summary>Gets the side of the patches (pixels). Default: 256.</summary>
    public int PictureSize { get; init; } = 256;

    /// <summary>Gets θ, the score from which a task is found, at which the result is measured. Default: 0.</summary>
    public double Threshold { get; init; }

    /// <inheritdoc/>
    public override int SmallestPicture => PictureSize;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(Negatives is >= 1 and <= 1000, nameof(Negatives), Negatives, "1 to 1000");
        Require(Temperature is >= 0.001 and <= 10, nameof(Temperature), Temperature, "0.001 to 10");
        Require(Threshold is >= -1 and <= 1, nameof(Threshold), Threshold, "-1 to 1");
        RequirePictureSize(nameof(PictureSize), PictureSize);
    }
}

/// <summary>Trains the two heads of Diff-Plugin's selector over frozen task prompts and a frozen text encoder, and measures what it finds.</summary>
/// <remarks>Liu et al. 2024, arXiv:2403.00644, section 3.2 and eq. (6).</remarks>
public sealed class SelectorRecipe : ITrainingRecipe
{
    private const int PicturesMeasured = 8;
    private const int MeasuringSeed = 1;

    private readonly SelectorTrainingOptions options;
    private readonly TrainingSetup setup;
    private readonly TrainingCheckpoint checkpoint;
    private readonly FoundComponent file;
    private readonly PluginSelector selector;
    private readonly ClipVisionModel vision;
    private readonly string[] tasks;
    private readonly TaskPromptBranch[] branches;
    private readonly Tensor[] learnt;                                           // of each task, [sentences, D]
    private readonly Tensor held;                                               // [wishes, D]
    private readonly bool[,] labels;

    /// <summary>Loads the networks and reads the sentences.</summary>
    /// <param name="options">The recipe.</param>
    /// <param name="setup">Checkpoint and pictures.</param>
    /// <exception cref="InvalidCheckpointException">A network is missing or damaged, or there are fewer than two tasks.</exception>
    public SelectorRecipe(SelectorTrainingOptions options, TrainingSetup setup)
    {
        (this.options, this.setup, checkpoint) = (options, setup, setup.OpenCheckpoint());
        file = checkpoint.Only("plugin-selector");
        TrainingCheckpoint.RequireWritable(file);
        tasks = [.. TaskPlugin.Published.Intersect(PluginFiles.Tasks(checkpoint)).Intersect(SelectorSentences.Tasks)];
        if (tasks.Length < 2)
            throw new InvalidCheckpointException($"A selector chooses among two or more of {string.Join(", ", SelectorSentences.Tasks)}; the checkpoint has {string.Join(", ", tasks.DefaultIfEmpty("none"))}.");
        selector = checkpoint.Load<PluginSelector>(file);
        vision = checkpoint.Load<ClipVisionModel>("clip-vision");
        branches = [.. tasks.Select(task => checkpoint.Load<TaskPromptBranch>(PluginFiles.Find(checkpoint, PluginFiles.PromptsKind, task)))];
        TrainingBatch.Freeze([vision, .. branches]);
        var wishes = SelectorSentences.HeldWishes(tasks);
        (learnt, held) = Embed([.. tasks.Select(SelectorSentences.Learnt)], [.. wishes.Select(wish => wish.Text)]);
        labels = new bool[wishes.Count, tasks.Length];
        foreach (var (row, wish) in wishes.Index())
        {
            for (var task = 0; task < tasks.Length; task++)
                labels[row, task] = wish.Tasks.Contains(tasks[task]);
        }

        // The scale is not in eq. (6), and without it there is no gradient: it stays.
        Parts = [new TrainedPart("selector", [.. selector.named_parameters().Where(pair => pair.name != "logit_scale")], Compute)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedPart> Parts { get; }

    /// <summary>Gets how well the last exported selector finds the tasks of sentences that it was not trained on, in degraded pictures.</summary>
    public SelectorMetrics? Metrics { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Summary => Metrics is null
        ? []
        : [string.Create(CultureInfo.InvariantCulture,
            $"Of {labels.GetLength(0)} sentences not trained on, over {PicturesMeasured} pictures: ZTA {Metrics.ZeroToleranceAccuracy:P1}  CP {Metrics.ClassPrecision:F3}  CR {Metrics.ClassRecall:F3}  CF1 {Metrics.ClassF1:F3}  OP {Metrics.OverallPrecision:F3}  OR {Metrics.OverallRecall:F3}  OF1 {Metrics.OverallF1:F3}  mAP {Metrics.MeanAveragePrecision:F3}")];

    /// <inheritdoc/>
    public void Begin() => checkpoint.CopyFiles();

    /// <inheritdoc/>
    public void Export()
    {
        checkpoint.Write(file, selector);
        Metrics = Measure();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        selector.Dispose();
        vision.Dispose();
        held.Dispose();
        foreach (var branch in branches)
            branch.Dispose();
        foreach (var texts in learnt)
            texts.Dispose();
    }

    private StepLosses Compute(TrainingDraw draw)
    {
        var count = options.BatchSize;
        var pictureTasks = Enumerable.Range(0, count).Select(_ => draw.Random.Next(tasks.Length)).ToArray();
        Tensor prompts;
        using (no_grad())
        {
            var tokens = See(draw, pictureTasks);                               // [B, N, V]
            prompts = cat([.. pictureTasks.Select((task, row) => branches[task].call(tokens.narrow(0, row, 1)))], 0);   // F^p
        }

        // The positive first, then sentences of other tasks.
        var textTasks = pictureTasks.Select(task => (int[])[task, .. Enumerable.Range(0, options.Negatives)
            .Select(_ => (task + 1 + draw.Random.Next(tasks.Length - 1)) % tasks.Length)]).ToArray();
        var texts = stack([.. textTasks.Select(row => stack([.. row.Select(task => learnt[task].select(0, draw.Random.Next((int)learnt[task].shape[0])))]))]);
        var loss = new SelectorObjective(options.Temperature, options.KeepsPositive).Loss(
            selector, prompts, texts, Indices(pictureTasks), Indices([.. textTasks.SelectMany(row => row)]).view(count, -1));
        return new StepLosses(loss, ("contrast", loss));
    }

    // The same pictures at every measurement, each with another degradation.
    private SelectorMetrics Measure()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var draw = new TrainingDraw(MeasuringSeed, 0);
        var tokens = See(draw, [.. Enumerable.Range(0, PicturesMeasured).Select(i => i % tasks.Length)]);
        var count = (int)held.shape[0];
        var scores = new float[count * PicturesMeasured, tasks.Length];
        var truth = new bool[count * PicturesMeasured, tasks.Length];
        for (var picture = 0; picture < PicturesMeasured; picture++)
        {
            var prompts = cat([.. branches.Select(branch => branch.call(tokens.narrow(0, picture, 1)))], 0);   // [P, N, D]
            var texts = selector.ProjectTexts(held).unsqueeze(0).expand(tasks.Length, -1, -1);
            var answers = SelectorObjective.Similarity(selector.ProjectPrompts(prompts), texts).cpu().data<float>().ToArray();   // [P, wishes]
            for (var wish = 0; wish < count; wish++)
            {
                for (var task = 0; task < tasks.Length; task++)
                {
                    scores[(picture * count) + wish, task] = answers[(task * count) + wish];
                    truth[(picture * count) + wish, task] = labels[wish, task];
                }
            }
        }

        return SelectorMetrics.Measure(scores, truth, options.Threshold);
    }

    private Tensor See(TrainingDraw draw, int[] pictureTasks)
    {
        var (_, degraded) = TrainingBatch.Pairs(setup.Pictures, draw, pictureTasks.Length, options.PictureSize, setup.Device,
            (clean, row) => TaskDegradations.Apply(tasks[pictureTasks[row]], clean, draw.Random, draw.Generator));
        var states = vision.call(DiffPluginObjective.ClipPixels(degraded, vision.Config.ImageSide));
        return states.narrow(1, 1, states.shape[1] - 1);                        // without the class token
    }

    private Tensor Indices(int[] values) => tensor(Array.ConvertAll(values, value => (long)value), device: setup.Device);

    // The state of the end token, as the pipeline takes it; the encoder is not needed again.
    private (Tensor[] Learnt, Tensor Held) Embed(IReadOnlyList<string>[] learntTexts, IReadOnlyList<string> heldTexts)
    {
        var component = checkpoint.Find("clip-text").FirstOrDefault(found => found.Name.EndsWith("text_encoder", StringComparison.Ordinal)) ?? checkpoint.Only("clip-text");
        var tokenizer = checkpoint.ReadClip(component);
        using var guard = no_grad();
        using var encoder = checkpoint.Load<ClipTextModel>(component);
        return ([.. learntTexts.Select(Of)], Of(heldTexts));

        Tensor Of(IReadOnlyList<string> texts)
        {
            using var scope = NewDisposeScope();
            var ids = tensor(texts.SelectMany(text => tokenizer.EncodePadded(text)).ToArray(), device: setup.Device).view(texts.Count, -1);
            return encoder.Pool(ids, encoder.call(ids)).DetachFromDisposeScope();   // [texts, D]
        }
    }
}
