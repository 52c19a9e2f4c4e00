namespace Darkroom.Models.Schedulers;

/// <summary>What a scheduler's configuration file says, with the reference library's defaults.</summary>
/// <remarks><see cref="SchedulerConfigReader"/> reads <c>scheduler_config.json</c>; the names follow its keys.</remarks>
public sealed record SchedulerConfig
{
    /// <summary>Gets the update rule.</summary>
    public SchedulerKind Kind { get; init; } = SchedulerKind.Ddim;

    /// <summary>Gets whose details hold.</summary>
    public DiffusersRules Rules { get; init; } = DiffusersRules.Version031;

    /// <summary>Gets the number of training timesteps T.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    /// <summary>Gets β of timestep 0.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>Gets β of timestep T - 1.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary>Gets how β grows.</summary>
    public BetaSchedule BetaSchedule { get; init; } = BetaSchedule.Linear;

    /// <summary>Gets the β of every timestep in place of a schedule, or null.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>Gets a value indicating whether the betas are rescaled so that the last timestep is pure noise.</summary>
    public bool RescaleBetasToZeroSnr { get; init; }

    /// <summary>Gets what the network predicts.</summary>
    public PredictionType PredictionType { get; init; }

    /// <summary>Gets which timesteps are taken.</summary>
    public TimestepSpacing TimestepSpacing { get; init; } = TimestepSpacing.Leading;

    /// <summary>Gets what is added to timesteps that are spaced <see cref="TimestepSpacing.Leading"/>.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Gets the bound of the predicted clean sample, or null for none (DDPM, DDIM).</summary>
    public double? ClipRange { get; init; }

    /// <summary>Gets a value indicating whether ᾱ after the last step is 1, not that of timestep 0 (DDIM, PNDM).</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Gets DDIM's η: 0 is deterministic, 1 has the noise of DDPM. Given at the step in diffusers.</summary>
    public double Eta { get; init; }

    /// <summary>Gets DDPM's variance.</summary>
    public DdpmVariance Variance { get; init; }

    /// <summary>Gets UniPC's order, 1..3.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary>Gets a value indicating whether UniPC's B(h) is h (bh1), not exp(h) - 1 (bh2).</summary>
    public bool SolverBh1 { get; init; }

    /// <summary>Gets a value indicating whether UniPC works on the predicted clean sample, not on the noise.</summary>
    public bool PredictClean { get; init; } = true;

    /// <summary>Gets a value indicating whether UniPC's last steps are of lower order.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>Gets the steps after which UniPC does not correct.</summary>
    public IReadOnlyList<int> DisableCorrector { get; init; } = [];

    /// <summary>Gets a value indicating whether UniPC's sigmas are spaced as by Karras et al.</summary>
    public bool UseKarrasSigmas { get; init; }

    /// <summary>Gets UniPC's noise level after the last step.</summary>
    public FinalSigma FinalSigma { get; init; }

    /// <summary>Makes the scheduler for a number of steps.</summary>
    /// <param name="steps">Steps from pure noise to the end, 1..<see cref="TrainTimesteps"/>.</param>
    /// <param name="firstStep">Index of the first step taken, when a run starts from a noised picture; steps before it are left out.</param>
    /// <exception cref="ArgumentException">A value is out of its range, or the values do not go together.</exception>
    public Scheduler Create(int steps, int firstStep = 0) => Kind switch
    {
        SchedulerKind.Ddpm => new DdpmScheduler(this, steps, firstStep),
        SchedulerKind.Ddim => new DdimScheduler(this, steps, firstStep),
        SchedulerKind.UniPc => new UniPcScheduler(this, steps, firstStep),
        SchedulerKind.Pndm => new PndmScheduler(this, steps, firstStep),
        SchedulerKind.EulerAncestral => new EulerAncestralScheduler(this, steps, firstStep),
        _ => throw new ArgumentException($"There is no scheduler of kind {Kind}."),
    };
}
