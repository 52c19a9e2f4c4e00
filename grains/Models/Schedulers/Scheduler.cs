using static TorchSharp.torch;

namespace Darkroom.Models.Schedulers;

/// <summary>A noise schedule and the rule that takes a sample from one noise level to the next. It holds no state of a run.</summary>
/// <remarks>
/// One scheduler serves any number of runs of the same configuration and number of steps, on any thread. A step is
/// <c>Step(state, network(ModelInput(state), Timesteps[state.Step]), noise)</c>; noise comes from the caller, so that a run can be
/// repeated. All arithmetic is in float32, the factors of a step in double precision.
/// </remarks>
public abstract class Scheduler
{
    private readonly double[] timesteps;

    private protected Scheduler(SchedulerConfig config, int steps, int firstStep, Func<double[]> timesteps)
    {
        if (steps < 1 || steps > config.TrainTimesteps)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, $"1 to {config.TrainTimesteps} steps (num_train_timesteps) are allowed.");
        Config = config;
        Schedule = new NoiseSchedule(config);
        this.timesteps = timesteps();
        if (firstStep < 0 || firstStep >= this.timesteps.Length)
            throw new ArgumentOutOfRangeException(nameof(firstStep), firstStep, $"0 to {this.timesteps.Length - 1} is allowed, as there are {this.timesteps.Length} steps.");
        FirstStep = firstStep;
        foreach (var timestep in this.timesteps)
        {
            if (timestep < 0 || timestep >= config.TrainTimesteps)
                throw new ArgumentException($"Timestep {timestep} is not in 0..{config.TrainTimesteps - 1}; steps_offset is {config.StepsOffset}.");
        }
    }

    /// <summary>Gets the configuration.</summary>
    public SchedulerConfig Config { get; }

    /// <summary>Gets the tables of the noise schedule.</summary>
    public NoiseSchedule Schedule { get; }

    /// <summary>Gets the timestep that the network is given at each step, noisiest first; only Euler ancestral has fractional ones.</summary>
    public IReadOnlyList<double> Timesteps => timesteps;

    /// <summary>Gets the number of steps, those before <see cref="FirstStep"/> included.</summary>
    public int StepCount => timesteps.Length;

    /// <summary>Gets the index of the step that a run starts at.</summary>
    public int FirstStep { get; }

    /// <summary>Gets the standard deviation that pure noise must have at the start.</summary>
    public virtual double InitialNoiseSigma => 1;

    /// <summary>Gets the most tensors that a state's history has.</summary>
    public virtual int HistorySlots => 0;

    /// <summary>Tells how many tensors the history has before a step.</summary>
    /// <param name="step"><see cref="FirstStep"/>..<see cref="StepCount"/>.</param>
    public virtual int HistoryLength(int step) => 0;

    /// <summary>Tells whether a step needs noise.</summary>
    /// <param name="step">0..<see cref="StepCount"/> - 1.</param>
    public virtual bool NeedsNoise(int step) => false;

    /// <summary>Starts a run.</summary>
    /// <param name="sample">Standard normal noise times <see cref="InitialNoiseSigma"/>, or the result of <see cref="AddNoise"/>; [B, ...].</param>
    /// <returns>The state before the first step; the caller disposes it. The sample may be disposed.</returns>
    public SchedulerState Start(Tensor sample) => Resume(FirstStep, sample, []);

    /// <summary>Makes the state of a run that was stored.</summary>
    /// <param name="step">The step that comes next, <see cref="FirstStep"/>..<see cref="StepCount"/>.</param>
    /// <param name="sample">The stored sample, [B, ...].</param>
    /// <param name="history">The stored history, in its order.</param>
    /// <returns>The state; the caller disposes it. The tensors may be disposed.</returns>
    /// <exception cref="ArgumentException">The history is not that of the step.</exception>
    public SchedulerState Resume(int step, Tensor sample, IReadOnlyList<Tensor> history)
    {
        if (step < FirstStep || step > StepCount)
            throw new ArgumentOutOfRangeException(nameof(step), step, $"{FirstStep} to {StepCount} is allowed.");
        if (history.Count != HistoryLength(step))
            throw new ArgumentException($"The history has {history.Count} tensors; before step {step} it has {HistoryLength(step)}.", nameof(history));
        foreach (var tensor in history)
            Shapes.Require(tensor, sample.shape, "A tensor of the history");
        return new SchedulerState(step, sample, history);
    }

    /// <summary>The sample as the network wants to see it.</summary>
    /// <param name="state">The run's state.</param>
    /// <returns>As the sample; the caller disposes it.</returns>
    public Tensor ModelInput(SchedulerState state)
    {
        using var scope = NewDisposeScope();
        RequireStep(state.Step);
        return (state.Sample * InputScale(state.Step)).MoveToOuterDisposeScope();
    }

    /// <summary>Takes one step.</summary>
    /// <param name="state">The state before it; not disposed.</param>
    /// <param name="prediction">The network's answer, shaped as the sample.</param>
    /// <param name="noise">Standard normal noise shaped as the sample; needed when <see cref="NeedsNoise"/> says so.</param>
    /// <returns>The state after it; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The run is done, a shape differs, or the noise is missing.</exception>
    public SchedulerState Step(SchedulerState state, Tensor prediction, Tensor? noise = null)
    {
        RequireStep(state.Step);
        Shapes.Require(prediction, state.Sample.shape, "The prediction");
        if (NeedsNoise(state.Step))
        {
            if (noise is null)
                throw new ArgumentException($"Step {state.Step} of {StepCount} needs noise.", nameof(noise));
            Shapes.Require(noise, state.Sample.shape, "The noise");
        }

        using var scope = NewDisposeScope();
        var (sample, history) = Advance(state, prediction.to(ScalarType.Float32), noise?.to(ScalarType.Float32));
        return new SchedulerState(state.Step + 1, sample, history);
    }

    /// <summary>Noises a clean sample to the level at which a step starts.</summary>
    /// <param name="clean">x₀, [B, ...].</param>
    /// <param name="noise">Standard normal noise, as <paramref name="clean"/>.</param>
    /// <param name="step">0..<see cref="StepCount"/> - 1.</param>
    /// <returns>As <paramref name="clean"/>, float32; the caller disposes it.</returns>
    public Tensor AddNoise(Tensor clean, Tensor noise, int step)
    {
        RequireStep(step);
        Shapes.Require(noise, clean.shape, "The noise");
        using var scope = NewDisposeScope();
        var (signal, sigma) = NoiseScales(step);
        return ((clean.to(ScalarType.Float32) * signal) + (noise.to(ScalarType.Float32) * sigma)).MoveToOuterDisposeScope();
    }

    /// <summary>Puts a state into one tensor of a size that is the same at every step.</summary>
    /// <param name="state">A state of this scheduler.</param>
    /// <returns>[B, (1 + <see cref="HistorySlots"/>) x C, ...]: the sample, the history, then zeros; the caller disposes it.</returns>
    public Tensor Pack(SchedulerState state)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor> { state.Sample };
        parts.AddRange(state.History);
        while (parts.Count <= HistorySlots)
            parts.Add(zeros_like(state.Sample));
        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a state out of the tensor of <see cref="Pack"/>.</summary>
    /// <param name="packed">[B, (1 + <see cref="HistorySlots"/>) x C, ...].</param>
    /// <param name="step">The step that comes next.</param>
    /// <returns>The state; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The channels are not a multiple of the slots.</exception>
    public SchedulerState Unpack(Tensor packed, int step)
    {
        var slots = HistorySlots + 1;
        if (packed.shape.Length < 2 || packed.shape[1] % slots != 0)
            throw new ArgumentException($"The packed state is [{string.Join(", ", packed.shape)}]; its second dimension must be a multiple of {slots}.", nameof(packed));
        using var scope = NewDisposeScope();
        var channels = packed.shape[1] / slots;
        var parts = Enumerable.Range(0, 1 + HistoryLength(step)).Select(slot => packed.narrow(1, slot * channels, channels)).ToList();
        return Resume(step, parts[0], parts[1..]);
    }

    /// <summary>The factor on the sample that the network sees.</summary>
    private protected virtual double InputScale(int step) => 1;

    /// <summary>Scale of the clean sample and of the noise at which a step starts.</summary>
    private protected virtual (double Signal, double Sigma) NoiseScales(int step)
    {
        var alpha = Schedule.AlphasCumulative[(int)timesteps[step]];
        return (Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
    }

    /// <summary>The update rule; everything is checked and within a dispose scope.</summary>
    private protected abstract (Tensor Sample, IReadOnlyList<Tensor> History) Advance(SchedulerState state, Tensor prediction, Tensor? noise);

    /// <summary>ᾱ of a timestep, or that after the end when there is none.</summary>
    private protected double AlphaAt(double timestep, double alphaAtEnd) =>
        timestep < 0 ? alphaAtEnd : Schedule.AlphasCumulative[(int)timestep];

    /// <summary>The clean sample x̂₀ that a prediction stands for, by x = √ᾱ x₀ + √(1 - ᾱ) ε.</summary>
    private protected Tensor PredictClean(Tensor sample, Tensor prediction, double signal, double sigma)
    {
        var clean = Config.PredictionType switch
        {
            PredictionType.Epsilon => (sample - (prediction * sigma)) / signal,
            PredictionType.Sample => prediction,
            _ => (sample * signal) - (prediction * sigma),
        };
        return Config.ClipRange is { } range ? clean.clamp(-range, range) : clean;
    }

    private void RequireStep(int step)
    {
        if (step < 0 || step >= StepCount)
            throw new ArgumentOutOfRangeException(nameof(step), step, $"The run has {StepCount} steps: 0 to {StepCount - 1} is allowed.");
    }
}
