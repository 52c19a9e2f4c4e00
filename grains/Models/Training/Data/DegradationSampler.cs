namespace Darkroom.Models.Training.Data;

/// <summary>Draws what is wrong with the next training picture.</summary>
/// <remarks>The three degradations of LLMRA (Jin et al. 2024, section 3), alone and mixed.</remarks>
public static class DegradationSampler
{
    private const double MaxGaussianSigma = 55;
    private const double MaxCameraSigma = 30;
    private const double CleanProbability = 0.05;
    private const double DarkProbability = 0.22;
    private const double RainProbability = 0.25;
    private const double NoiseProbability = 0.8;
    private const double CameraProbability = 0.35;
    private const double MinStops = 1.5;
    private const double MaxStops = 7;

    /// <summary>Draws a degradation.</summary>
    public static Degradation Next(Random random)
    {
        if (random.NextDouble() < CleanProbability)
            return new Degradation(1, 0, NoiseKind.None, 0);

        var dark = random.NextDouble() < DarkProbability;
        var rain = random.NextDouble() < RainProbability;
        var noise = random.NextDouble() < NoiseProbability;
        var exposure = dark ? Math.Pow(2, -Between(random, MinStops, MaxStops)) : 1;
        var rainStrength = rain ? Between(random, 0.25, 1) : 0;
        if (!noise)
            return new Degradation(exposure, rainStrength, NoiseKind.None, 0);

        // In the dark the same sensor noise is a larger part of the signal: weaker noise is drawn, or nothing could be learnt.
        var strength = dark ? 0.3 : 1;
        return random.NextDouble() < CameraProbability
            ? new Degradation(exposure, rainStrength, NoiseKind.Camera, strength * Math.Exp(Between(random, Math.Log(1), Math.Log(MaxCameraSigma))))
            : new Degradation(exposure, rainStrength, NoiseKind.Gaussian, strength * Between(random, 1, MaxGaussianSigma));
    }

    /// <summary>Draws white Gaussian noise and nothing else.</summary>
    public static Degradation NextGaussian(Random random) => new(1, 0, NoiseKind.Gaussian, Between(random, 1, MaxGaussianSigma));

    internal static double Between(Random random, double from, double to) => from + (to - from) * random.NextDouble();
}
