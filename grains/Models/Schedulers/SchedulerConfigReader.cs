using System.Text.Json;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Models.Schedulers;

/// <summary>Reads <c>scheduler_config.json</c> of a published pipeline.</summary>
/// <remarks>Settings that are not offered (thresholding, learned variances, other sigma spacings) are refused, never ignored.</remarks>
public static class SchedulerConfigReader
{
    private const string Subject = "scheduler";
    private const int MaxTimesteps = 100_000;

    private static readonly Dictionary<string, SchedulerKind> Kinds = new()
    {
        ["DDPMScheduler"] = SchedulerKind.Ddpm,
        ["DDIMScheduler"] = SchedulerKind.Ddim,
        ["UniPCMultistepScheduler"] = SchedulerKind.UniPc,
        ["PNDMScheduler"] = SchedulerKind.Pndm,
        ["EulerAncestralDiscreteScheduler"] = SchedulerKind.EulerAncestral,
    };

    private static readonly Dictionary<string, BetaSchedule> BetaSchedules = new()
    {
        ["linear"] = BetaSchedule.Linear,
        ["scaled_linear"] = BetaSchedule.ScaledLinear,
        ["squaredcos_cap_v2"] = BetaSchedule.SquaredCosine,
    };

    private static readonly Dictionary<string, PredictionType> PredictionTypes = new()
    {
        ["epsilon"] = PredictionType.Epsilon,
        ["sample"] = PredictionType.Sample,
        ["v_prediction"] = PredictionType.Velocity,
    };

    private static readonly Dictionary<string, TimestepSpacing> Spacings = new()
    {
        ["linspace"] = TimestepSpacing.Linspace,
        ["leading"] = TimestepSpacing.Leading,
        ["trailing"] = TimestepSpacing.Trailing,
    };

    private static readonly Dictionary<string, DdpmVariance> Variances = new()
    {
        ["fixed_small"] = DdpmVariance.FixedSmall,
        ["fixed_small_log"] = DdpmVariance.FixedSmall,
        ["fixed_large"] = DdpmVariance.FixedLarge,
    };

    // Solvers of DPM-Solver's files are taken as bh2, as diffusers does.
    private static readonly Dictionary<string, bool> IsBh1 = new()
    {
        ["bh1"] = true,
        ["bh2"] = false,
        ["midpoint"] = false,
        ["heun"] = false,
        ["logrho"] = false,
    };

    private static readonly Dictionary<string, FinalSigma> FinalSigmas = new()
    {
        ["zero"] = FinalSigma.Zero,
        ["sigma_min"] = FinalSigma.SigmaMin,
    };

    /// <summary>Reads a configuration by the class that it names in <c>_class_name</c>.</summary>
    /// <param name="json">The file's root object.</param>
    /// <param name="rules">Whose details hold.</param>
    /// <exception cref="InvalidCheckpointException">A value is missing, malformed or not offered; the message names it.</exception>
    public static SchedulerConfig Read(JsonElement json, DiffusersRules rules = DiffusersRules.Version031) =>
        Read(json, new ConfigReader(json, Subject).Choice("_class_name", string.Empty, Kinds), rules);

    /// <summary>Reads a configuration for another update rule than the one it was written for, as diffusers' <c>from_config</c>.</summary>
    /// <param name="json">The file's root object.</param>
    /// <param name="kind">The update rule.</param>
    /// <param name="rules">Whose details hold.</param>
    /// <exception cref="InvalidCheckpointException">A value is malformed or not offered; the message names it.</exception>
    public static SchedulerConfig Read(JsonElement json, SchedulerKind kind, DiffusersRules rules = DiffusersRules.Version031)
    {
        var reader = new ConfigReader(json, Subject);
        reader.Only("thresholding", false);
        reader.Only("use_exponential_sigmas", false);
        reader.Only("use_beta_sigmas", false);
        reader.Only("use_flow_sigmas", false);
        if (kind == SchedulerKind.Pndm && !reader.Flag("skip_prk_steps", false))
            throw reader.Refused("skip_prk_steps", "false", "true, which is what Stable Diffusion uses");

        var clips = kind is SchedulerKind.Ddpm or SchedulerKind.Ddim && reader.Flag("clip_sample", true);
        return new SchedulerConfig
        {
            Kind = kind,
            Rules = rules,
            TrainTimesteps = reader.Whole("num_train_timesteps", 1000, 1, MaxTimesteps),
            BetaStart = reader.Number("beta_start", 0.0001, 0, 1),
            BetaEnd = reader.Number("beta_end", 0.02, 0, 1),
            BetaSchedule = reader.Choice("beta_schedule", "linear", BetaSchedules),
            TrainedBetas = reader.Numbers("trained_betas"),
            RescaleBetasToZeroSnr = reader.Flag("rescale_betas_zero_snr", false),
            PredictionType = reader.Choice("prediction_type", "epsilon", PredictionTypes),
            TimestepSpacing = Spacing(reader, kind, rules),
            StepsOffset = UsesSpacing(kind, rules) ? reader.Whole("steps_offset", 0, 0, MaxTimesteps) : 0,
            ClipRange = clips ? reader.Number("clip_sample_range", 1, 0, double.MaxValue) : null,
            SetAlphaToOne = reader.Flag("set_alpha_to_one", kind == SchedulerKind.Ddim),
            Variance = kind != SchedulerKind.Ddpm ? DdpmVariance.FixedSmall : reader.Choice("variance_type", "fixed_small", Variances),
            SolverOrder = reader.Whole("solver_order", 2, 1, 3),
            SolverBh1 = kind == SchedulerKind.UniPc && reader.Choice("solver_type", "bh2", IsBh1),
            PredictClean = reader.Flag("predict_x0", true),
            LowerOrderFinal = reader.Flag("lower_order_final", true),
            DisableCorrector = [.. (reader.Numbers("disable_corrector") ?? []).Select(step => (int)step)],
            UseKarrasSigmas = kind == SchedulerKind.UniPc && reader.Flag("use_karras_sigmas", false),
            FinalSigma = rules == DiffusersRules.Version017
                ? FinalSigma.SigmaMin
                : reader.Choice("final_sigmas_type", "zero", FinalSigmas),
        };
    }

    private static TimestepSpacing Spacing(ConfigReader reader, SchedulerKind kind, DiffusersRules rules)
    {
        var evenly = kind is SchedulerKind.UniPc or SchedulerKind.EulerAncestral;
        return UsesSpacing(kind, rules)
            ? reader.Choice("timestep_spacing", evenly ? "linspace" : "leading", Spacings)
            : evenly ? TimestepSpacing.Linspace : TimestepSpacing.Leading;
    }

    // PNDM had the offset, but not the spacing; no published PNDM configuration of that time names one.
    private static bool UsesSpacing(SchedulerKind kind, DiffusersRules rules) =>
        rules == DiffusersRules.Version031 || kind is SchedulerKind.Ddim or SchedulerKind.Pndm;
}
