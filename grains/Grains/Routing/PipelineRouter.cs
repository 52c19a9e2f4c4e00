using Darkroom.Contracts.Devices;
using Darkroom.Contracts.Runs;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.DiffPlugin;
using Darkroom.Models.Mgie;
using Darkroom.Models.VlmImi;

namespace Darkroom.Grains.Routing;

/// <summary>What is known of a run before it is sent anywhere.</summary>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words.</param>
/// <param name="Description">The describer's sentences, or null if nobody was asked or could answer.</param>
/// <param name="IsRaw">Whether the picture is a RAW file.</param>
/// <param name="Settings">The run's settings.</param>
/// <param name="Pipeline">The pipeline that the user named, or null.</param>
/// <param name="Model">The checkpoint that the user named, or null.</param>
internal sealed record RouteQuestion(RunKind Kind, string Words, string? Description, bool IsRaw, RestorationSettings Settings, string? Pipeline = null, string? Model = null);

/// <summary>Where a run goes, or why it goes nowhere.</summary>
/// <param name="Route">The choice, or null.</param>
/// <param name="Error">Why there is none, and what to import.</param>
internal sealed record RouteAnswer(RunRoute? Route, RunError? Error);

/// <summary>Chooses a run's pipeline. No grain and no device is touched: the same question and map give the same answer.</summary>
/// <remarks>
/// What the user named goes before all else. Then a RAW file taken in the dark goes to DarkDiff; settings that only diffusion has go to it;
/// and everything else to the first that does all that the words ask for: the default, which is small and trained here, before the large ones.
/// </remarks>
internal static class PipelineRouter
{
    // Large pipelines by what they are made for; MGIE last, since it takes any words.
    private static readonly string[] Specialists = [VlmImiPipeline.PipelineName, DiffPluginPipeline.PipelineName, MgiePipeline.PipelineName];

    /// <summary>Tells whether the describer's findings would decide, and are not known.</summary>
    public static bool NeedsFindings(RouteQuestion question, RouteMap map) =>
        question is { Pipeline: null, Model: null, IsRaw: true, Kind: RunKind.Restore, Description: null, Settings.Gain: null } && map.Whole(DarkDiffPipeline.PipelineName).Count > 0;

    /// <summary>Chooses.</summary>
    public static RouteAnswer Choose(RouteQuestion question, RouteMap map) => question switch
    {
        { Pipeline: { } pipeline, Model: { } model } => Check(pipeline, model, map),
        { Pipeline: { } pipeline } => Named(pipeline, map),
        _ => Find(question, map),
    };

    private static RouteAnswer Check(string pipeline, string model, RouteMap map) =>
        map.Pipelines.FirstOrDefault(one => one.Model == model) is { } found && found.Pipeline != pipeline
            ? Refuse(RunErrorCode.InvalidRequest, $"The checkpoint '{model}' is for the pipeline '{found.Pipeline}', not '{pipeline}'.")
            : To(pipeline, model, $"the checkpoint '{model}' was asked for");

    private static RouteAnswer Named(string pipeline, RouteMap map)
    {
        if (map.Default is { } standard && standard.Pipeline == pipeline)
            return To(pipeline, null, $"{pipeline} was asked for; '{standard.Model}' is the default");
        var known = RouteMap.Names.Concat(map.Pipelines.Select(one => one.Pipeline)).Distinct(StringComparer.Ordinal).ToList();
        if (!known.Contains(pipeline))
            return Refuse(RunErrorCode.InvalidRequest, $"There is no pipeline '{pipeline}'; there are {string.Join(", ", known)}.");
        return map.Whole(pipeline) switch
        {
            [var only] => To(pipeline, only.Model, $"{pipeline} was asked for; '{only.Model}' is the checkpoint for it"),
            [] => Refuse(RunErrorCode.ModelNotFound, RouteWords.NoneWhole(pipeline, map)),
            var several => Refuse(
                RunErrorCode.InvalidRequest,
                $"There are {several.Count} checkpoints for the pipeline '{pipeline}': {string.Join(", ", several.Select(one => one.Model))}. Name one of them (--checkpoint)."),
        };
    }

    private static RouteAnswer Find(RouteQuestion question, RouteMap map)
    {
        var wishes = WishReader.Read(question.Words, map.Plugins);
        if (question is { IsRaw: true, Kind: RunKind.Restore } && wishes.Tasks.All(task => task is Wishes.Light or Wishes.Noise))
            return Develop(question, wishes, map);
        if (Diffusion(question.Settings, wishes, map) is { } diffusion)
            return diffusion;
        if (map.Default is not { } standard)
            return To(string.Empty, null, $"'{map.DefaultModel}' is the default");
        if (RouteMap.Covers(standard, wishes.Tasks))
            return To(standard.Pipeline, null, RouteWords.ForDefault(standard, wishes.Tasks));
        if (wishes.IsCompound && InPart(standard, wishes.Tasks, map) is { } part)
            return part;
        return Specialists.SelectMany(map.Whole).FirstOrDefault(one => RouteMap.Covers(one, wishes.Tasks)) is { } special
            ? To(special.Pipeline, special.Model, RouteWords.ForSpecialist(special, standard, wishes.Tasks))
            : Refuse(RunErrorCode.ModelNotFound, RouteWords.NothingDoes(wishes.Tasks, standard, map));
    }

    // What the table of compound wishes says was not said by the user: as much of it is done as can be, by those that are made for it.
    private static RouteAnswer? InPart(PipelineReport standard, IReadOnlyList<string> wanted, RouteMap map)
    {
        var best = map.Whole(DiffPluginPipeline.PipelineName).Prepend(standard)
            .Select(one => (One: one, Done: wanted.Where(task => RouteMap.Covers(one, [task])).ToList())).MaxBy(pair => pair.Done.Count);
        return best.Done.Count == 0
            ? null
            : To(best.One.Pipeline, best.One == standard ? null : best.One.Model, RouteWords.ForPart(best.One, best.Done, [.. wanted.Except(best.Done)]));
    }

    private static RouteAnswer Develop(RouteQuestion question, Wishes wishes, RouteMap map)
    {
        var why = question switch
        {
            { Settings.Gain: not null } => "a gain was asked for",
            _ when wishes.Tasks.Contains(Wishes.Light) => "light was asked for",
            { Description: { } seen } when WishReader.IsDark(seen) => "the describer finds it dark",
            _ => null,
        };
        var expert = map.Default?.Model ?? map.DefaultModel;
        if (why is null)
            return To(map.Default?.Pipeline ?? string.Empty, null, $"the file is RAW and {(question.Description is null ? "nobody said that it is dark" : "not dark")}: it is developed for the eye and '{expert}' restores that");
        return map.Whole(DarkDiffPipeline.PipelineName) is [var darkdiff, ..]
            ? To(darkdiff.Pipeline, darkdiff.Model, $"the file is RAW and {why}: DarkDiff ('{darkdiff.Model}') works on the sensor's own light")
            : To(map.Default?.Pipeline ?? string.Empty, null, $"the file is RAW and {why}, but no DarkDiff is there: it is developed for the eye and '{expert}' restores that; {RouteWords.ImportPipeline(DarkDiffPipeline.PipelineName)} for the sensor's own light");
    }

    private static RouteAnswer? Diffusion(RestorationSettings settings, Wishes wishes, RouteMap map)
    {
        var wanted = settings switch
        {
            { ImageGuidanceScale: not null } => MgiePipeline.PipelineName,
            { Steps: > 1 } or { Scheduler: not null } => VlmImiPipeline.PipelineName,
            _ => null,
        };
        // Without one that is there the default says itself what it does not offer.
        return wanted is not null && map.Default is { Pipeline: RouteMap.Shipped } && map.Whole(wanted).FirstOrDefault(one => RouteMap.Covers(one, wishes.Tasks)) is { } one
            ? To(one.Pipeline, one.Model, $"the settings ask for diffusion, and '{one.Model}' ({one.Pipeline}) has it")
            : null;
    }

    private static RouteAnswer To(string pipeline, string? model, string reason) => new(new RunRoute(pipeline, model, reason), null);

    private static RouteAnswer Refuse(RunErrorCode code, string message) => new(null, new RunError(code, message));
}
