namespace Darkroom.Models.Schedulers;

/// <summary>The update rules that there are.</summary>
public enum SchedulerKind
{
    /// <summary>Ancestral sampling over spaced timesteps.</summary>
    Ddpm,

    /// <summary>Denoising diffusion implicit models, with eta.</summary>
    Ddim,

    /// <summary>Unified predictor and corrector, multistep.</summary>
    UniPc,

    /// <summary>Pseudo linear multistep, without Runge-Kutta warm-up.</summary>
    Pndm,

    /// <summary>Euler steps with ancestral noise.</summary>
    EulerAncestral,
}

/// <summary>Whose details hold where versions of the reference library differ.</summary>
public enum DiffusersRules
{
    /// <summary>
    /// diffusers 0.17, which made Diff-Plugin's results: UniPC ends at the noise level of timestep 0; DDPM is always leading, UniPC
    /// and Euler ancestral always evenly spaced, whatever the configuration says; Euler's timesteps are not rounded to float32.
    /// </summary>
    Version017,

    /// <summary>diffusers 0.31: UniPC ends at sigma 0 unless the configuration says otherwise.</summary>
    Version031,
}

/// <summary>What the network predicts.</summary>
public enum PredictionType
{
    /// <summary>The noise ε.</summary>
    Epsilon,

    /// <summary>The clean sample x₀.</summary>
    Sample,

    /// <summary>The velocity v = √ᾱ ε - √(1 - ᾱ) x₀.</summary>
    Velocity,
}

/// <summary>How beta grows with the timestep.</summary>
public enum BetaSchedule
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>Its root evenly (Stable Diffusion).</summary>
    ScaledLinear,

    /// <summary>So that ᾱ follows a squared cosine.</summary>
    SquaredCosine,
}

/// <summary>Which of the training timesteps are taken (Lin et al. 2023, arXiv:2305.08891, table 2).</summary>
public enum TimestepSpacing
{
    /// <summary>Evenly from the first to the last.</summary>
    Linspace,

    /// <summary>Multiples of a whole stride from 0, plus an offset: the noisiest are left out.</summary>
    Leading,

    /// <summary>Backwards from the noisiest.</summary>
    Trailing,
}

/// <summary>Noise level after the last step of a solver that works on sigmas.</summary>
public enum FinalSigma
{
    /// <summary>None.</summary>
    Zero,

    /// <summary>That of timestep 0.</summary>
    SigmaMin,
}

/// <summary>Variance of the noise that an ancestral step adds.</summary>
public enum DdpmVariance
{
    /// <summary>The posterior's, β̃.</summary>
    FixedSmall,

    /// <summary>The forward step's, β.</summary>
    FixedLarge,
}
