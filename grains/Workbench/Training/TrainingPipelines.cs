using Darkroom.Models.Training.Loop;
using Darkroom.Models.Training.Objectives;
using Darkroom.Models.Training.Recipes;
using Darkroom.Models.Training.VlmImi;

namespace Darkroom.Workbench.Training;

/// <summary>A training that <c>./cluster train</c> knows.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="NeedsBase">Whether a checkpoint to begin with must be given.</param>
/// <param name="Read">Reads a configuration; null for the defaults.</param>
/// <param name="Make">Makes the recipe.</param>
internal sealed record TrainingPipeline(
    string Name, bool NeedsBase, Func<string?, TrainingOptions> Read, Func<TrainingOptions, TrainingSetup, TrainingContext, ITrainingRecipe> Make);

/// <summary>What only some recipes ask for.</summary>
/// <param name="PerceptualPath">File with the network of the perceptual loss, or null.</param>
/// <param name="Say">Told of what takes long before the first step.</param>
/// <param name="CancellationToken">Ends it.</param>
internal sealed record TrainingContext(string? PerceptualPath, Action<string> Say, CancellationToken CancellationToken);

/// <summary>Every training, one line each: a new pipeline is added here and nowhere else.</summary>
internal static class TrainingPipelines
{
    private const int RainPicturesPerLine = 100;

    public static IReadOnlyList<TrainingPipeline> All { get; } =
    [
        Of<LlmraTrainingOptions>("llmra", needsBase: false, (options, setup, context) =>
            options.Part switch
            {
                LlmraTrainingPart.Rain => MakeRain(options, setup, context),
                LlmraTrainingPart.Tone => new ToneRecipe(options, setup),
                _ => new LlmraRecipe(options, setup),
            }),
        Of<DiffPluginTrainingOptions>("diff-plugin", needsBase: true, (options, setup, _) => new DiffPluginRecipe(options, setup)),
        Of<SelectorTrainingOptions>("diff-plugin-selector", needsBase: true, (options, setup, _) => new SelectorRecipe(options, setup)),
        Of<DarkDiffTrainingOptions>("darkdiff", needsBase: true, (options, setup, context) => new DarkDiffRecipe(
            options, setup, context.PerceptualPath is { } path ? PerceptualFeatures.Load(path, setup.Device) : null)),
        Of<VlmImiTrainingOptions>("vlm-imi", needsBase: true, (options, setup, _) => new VlmImiRecipe(options, setup)),
        Of<MgieTrainingOptions>("mgie", needsBase: true, (options, setup, _) => new MgieRecipe(options, setup)),
    ];

    public static TrainingPipeline Find(string name) => All.First(pipeline => pipeline.Name == name);

    private static TrainingPipeline Of<T>(string name, bool needsBase, Func<T, TrainingSetup, TrainingContext, ITrainingRecipe> make)
        where T : TrainingOptions, new() =>
        new(name, needsBase, TrainingOptionsFile.Read<T>, (options, setup, context) => make((T)options, setup, context));

    private static RainRecipe MakeRain(LlmraTrainingOptions options, TrainingSetup setup, TrainingContext context) => new(
        options, setup,
        done =>
        {
            if (done % RainPicturesPerLine == 0)
                context.Say($"Measured {done} of {options.RainPictures} pictures.");
        },
        context.CancellationToken);
}
