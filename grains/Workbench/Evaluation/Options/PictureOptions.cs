using System.CommandLine;
using Darkroom.Cli.CommandLine;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Options that say which pictures are evaluated.</summary>
internal sealed class PictureOptions
{
    private const double MaxSigma = 255;
    private const double MaxStops = 10;
    private const double MaxNightRatio = 1000;
    private const int MinSide = 11;   // the window of SSIM

    private readonly Argument<string?> folder = new("DIR") { Description = "Folder of clean pictures, or one picture; what --sigma, --rain, --stops or --night say is added.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<double?> sigma = Numbers.Real("--sigma", 0, MaxSigma, "Standard deviation of the Gaussian noise that is added, in levels of 0..255; in float, neither clipped nor rounded.");
    private readonly Option<double?> rain = Numbers.Real("--rain", 0, 2, "Add rain, 1 is heavy.");
    private readonly Option<double?> stops = Numbers.Real("--stops", 0, MaxStops, "Take away this much light, in stops; after the rain, before the noise.");
    private readonly Option<double?> night = Numbers.Real("--night", 1, MaxNightRatio, "Take a RAW file of the scene with so many times less light, with the noise of photons and read-out.");
    private readonly Option<string[]> pairs = new("--pairs")
    {
        Description = "Two folders (or pictures): degraded and reference, paired by name, else by order.",
        HelpName = "DEGRADED REFERENCE",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> alone = new("--no-reference") { Description = "Folder of degraded pictures whose truth nobody knows; only metrics that need none are taken.", HelpName = "DIR" };
    private readonly Option<int?> crop = Numbers.Whole("--crop", MinSide, int.MaxValue, "Evaluate only the middle N x N pixels.");
    private readonly Option<int?> limit = Numbers.Whole("--limit", 1, int.MaxValue, "Evaluate only the first N pictures.");
    private readonly Option<ulong?> seed = Numbers.Seed("Seed of what is added and of the runs; default 0.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(folder);
        foreach (var option in (Option[])[sigma, rain, stops, night, pairs, alone, crop, limit, seed])
            command.Add(option);
    }

    /// <summary>Lists the pictures.</summary>
    /// <exception cref="InputException">What was said contradicts itself, or says nothing.</exception>
    public IReadOnlyList<EvaluationItem> ReadSet(ParseResult result) => [.. ReadAll(result).Take(result.GetValue(limit) ?? int.MaxValue)];

    /// <summary>What is added to them, or null.</summary>
    public AddedDegradation? ReadAdded(ParseResult result) => IsAdded(result)
        ? new(result.GetValue(sigma) ?? 0, result.GetValue(rain) ?? 0, result.GetValue(stops) ?? 0, result.GetValue(night) ?? 0)
        : null;

    /// <summary>The side of the middle piece, or null.</summary>
    public int? ReadCrop(ParseResult result) => result.GetValue(crop);

    /// <summary>How many pictures are taken at most, or null for all.</summary>
    public int? ReadLimit(ParseResult result) => result.GetValue(limit);

    /// <summary>Whether anything was said about the pictures, beside their number and the seed.</summary>
    public bool IsGiven(ParseResult result) =>
        IsAdded(result) || result.GetValue(folder) is not null || result.GetValue(pairs) is [_, _] || result.GetValue(alone) is not null || result.GetValue(crop) is not null;

    /// <summary>The seed.</summary>
    public ulong ReadSeed(ParseResult result) => result.GetValue(seed) ?? 0;

    private bool IsAdded(ParseResult result) => (result.GetValue(sigma) ?? result.GetValue(rain) ?? result.GetValue(stops) ?? result.GetValue(night)) is not null;

    private IReadOnlyList<EvaluationItem> ReadAll(ParseResult result)
    {
        var clean = result.GetValue(folder);
        var isAdded = IsAdded(result);
        if (result.GetValue(night) is not null && (result.GetValue(sigma) ?? result.GetValue(rain) ?? result.GetValue(stops)) is not null)
            throw new InputException("--night has the noise and the darkness of its own; leave --sigma, --rain and --stops out.");
        switch (result.GetValue(pairs), result.GetValue(alone))
        {
            case ([var degraded, var reference], null):
                return clean is null && !isAdded
                    ? EvaluationSet.Pairs(degraded, reference)
                    : throw new InputException("--pairs brings its own pictures; DIR, --sigma, --rain, --stops and --night cannot be given with it.");
            case (not [_, _], { } degraded):
                return clean is null && !isAdded
                    ? EvaluationSet.Degraded(degraded)
                    : throw new InputException("--no-reference brings its own pictures; DIR, --sigma, --rain, --stops and --night cannot be given with it.");
            case ([_, _], not null):
                throw new InputException("--pairs brings references and --no-reference says that there are none; give one of them.");
            default:
                return clean is not null && isAdded
                    ? EvaluationSet.Clean(clean)
                    : throw new InputException("What to evaluate is missing: give --sigma S DIR (or --rain, --stops, --night), --pairs DEGRADED REFERENCE, or --no-reference DIR.");
        }
    }
}
