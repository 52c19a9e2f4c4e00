using Darkroom.Imaging.Raw;

namespace Darkroom.Workbench.Evaluation.Suite;

/// <summary>What of a set is compared with its floor.</summary>
public enum SuiteMeasure
{
    /// <summary>PSNR of the restored pictures.</summary>
    Psnr,

    /// <summary>PSNR of the restored pictures over that of the degraded ones.</summary>
    Gain,
}

/// <summary>How good is good enough.</summary>
/// <param name="Measure">What is compared.</param>
/// <param name="Floor">The least (dB).</param>
/// <param name="Aim">What is aimed at (dB).</param>
public sealed record SuiteFloor(SuiteMeasure Measure, double Floor, double Aim);

/// <summary>A set of pictures, and how it is degraded and restored.</summary>
/// <param name="Name">Its name in the report, and of its sheet.</param>
/// <param name="Folders">Its folders below that of the suite: the clean pictures, or the degraded ones and their references.</param>
/// <param name="Options">What is added.</param>
/// <param name="Floor">How good is good enough, or null.</param>
public sealed record SuiteSet(string Name, IReadOnlyList<string> Folders, EvaluationOptions Options, SuiteFloor? Floor = null)
{
    private const double MixedSigma = 25;
    private const double MixedRain = 0.5;
    private const double MixedStops = 2;

    private const string Clean = "BSDS_color12";

    /// <summary>Gets the sets of the suite "dev"; floors and aims are those that the shipped weights are held to.</summary>
    public static IReadOnlyList<SuiteSet> Dev { get; } =
    [
        Noise(Clean, 15, new(SuiteMeasure.Psnr, 33.3, 34.0)),
        Noise(Clean, 25, new(SuiteMeasure.Psnr, 30.7, 31.4)),
        Noise(Clean, 50, new(SuiteMeasure.Psnr, 27.5, 28.2)),
        Noise("Set12", 25),
        Noise("Urban100_dev", 25),
        new("SIRR_synth_rain_pairs", ["SIRR_synth_rain_pairs/rain", "SIRR_synth_rain_pairs/clean"], new(), new(SuiteMeasure.Gain, 5, 9)),
        new("lowlight_real_pairs", ["lowlight_real_pairs/low", "lowlight_real_pairs/high"], new(), new(SuiteMeasure.Psnr, 17.5, 21)),
        new("PolyU_real_pairs", ["PolyU_real_pairs/noisy", "PolyU_real_pairs/clean"], new(), new(SuiteMeasure.Gain, 0.5, 2)),
        new("mixed", [Clean], new(new(MixedSigma, MixedRain, MixedStops)), new(SuiteMeasure.Gain, 8, 12)),
        Unknown("RNI6_real_noise_noGT"),
        Unknown("real_rain_noGT"),
        Unknown("lowlight_noGT"),
        Unknown("demo_real/haze"),
        Unknown("demo_real/snow"),
        Unknown("demo_real/blur"),
        Unknown("raw"),
    ];

    /// <summary>Gets the set on which true and false words are compared.</summary>
    public static SuiteSet Words { get; } = Noise(Clean, 50);

    /// <summary>Gets the PSNR that false words have to cost (dB): the words must really steer.</summary>
    public static (double Floor, double Aim) WordsLoss { get; } = (8, 13);

    /// <summary>Gets a value indicating whether the truth is known.</summary>
    public bool HasReferences => Options.Added is not null || Folders.Count == 2;

    /// <summary>Gets what is done to the pictures, in words.</summary>
    public string What => Options.Added switch
    {
        { Rain: > 0 } added => FormattableString.Invariant($"sigma {added.Sigma}, rain {added.Rain}, {added.Stops} stops darker"),
        { } added => FormattableString.Invariant($"sigma {added.Sigma}"),
        _ => Folders.Count == 2 ? "pairs" : "no reference",
    };

    /// <summary>Lists its pictures.</summary>
    /// <param name="root">The folder of the suite.</param>
    public IReadOnlyList<EvaluationItem> Find(string root)
    {
        var folders = Folders.Select(folder => Path.Combine(root, folder)).ToArray();
        if (Options.Added is not null)
            return EvaluationSet.Clean(folders[0]);
        if (folders.Length == 2)
            return EvaluationSet.Pairs(folders[0], folders[1]);
        var items = EvaluationSet.Degraded(folders[0]);
        // Beside RAW files lies a mosaic in a PNG, which is no picture.
        var raw = items.Where(item => RawDecoder.Extensions.Contains(Path.GetExtension(item.Name), StringComparer.OrdinalIgnoreCase)).ToList();
        return raw.Count > 0 ? raw : items;
    }

    private static SuiteSet Noise(string folder, double sigma, SuiteFloor? floor = null) =>
        new(FormattableString.Invariant($"{folder}, sigma {sigma}"), [folder], new(new AddedDegradation(sigma)), floor);

    private static SuiteSet Unknown(string folder) => new(folder, [folder], new());
}
