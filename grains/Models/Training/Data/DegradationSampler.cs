namespace Darkroom.Models.Training.Data;

/// <summary>Draws what is wrong with the next training picture.</summary>
/// <remarks>The three degradations of LLMRA (Jin et al. 2024, section 3), alone and mixed.</remarks>
public static class DegradationSampler
{
    private const double MaxGaussianSigma = 55;
    private const double MaxCameraSigma = 30;
    private const double GreyProbability = 0.06;
    private const double CleanProbability = 0.05;
    private const double DarkProbability = 0.3;
    private const double RainProbability = 0.35;
    private const double NoiseProbability = 0.8;
    private const double CameraProbability = 0.45;
    private const double MinStops = 1.5;
    private const double MaxStops = 7;
    private const double MaxPlainStops = 3.5;
    private const double BentProbability = 0.4;
    private const double MaxBend = 25;
    private const double MaxCast = 0.25;                                        // of the logarithm of a channel's factor

    /// <summary>Draws a degradation.</summary>
    public static Degradation Next(Random random)
    {
        var drawn = NextColoured(random);
        if (random.NextDouble() >= GreyProbability)
            return drawn;
        var factor = drawn.Tone.Factors[0];
        return drawn with { IsGrey = true, Tone = drawn.Tone with { Factors = [factor, factor, factor] } };
    }

    /// <summary>Draws white Gaussian noise and nothing else.</summary>
    public static Degradation NextGaussian(Random random) =>
        new(1, 0, NoiseKind.Gaussian, Between(random, 1, MaxGaussianSigma)) { IsGrey = random.NextDouble() < GreyProbability };

    private static Degradation NextColoured(Random random)
    {
        if (random.NextDouble() < CleanProbability)
            return new Degradation(1, 0, NoiseKind.None, 0);

        var dark = random.NextDouble() < DarkProbability;
        var rain = random.NextDouble() < RainProbability;
        var noise = random.NextDouble() < NoiseProbability;
        var rainStrength = rain ? Between(random, 0.25, 1) : 0;
        var light = dark ? NextDark(random) : new Degradation(1, 0, NoiseKind.None, 0);
        if (!noise)
            return light with { Rain = rainStrength };

        // Brightening makes noise stronger too: weaker noise is drawn in the dark, or nothing could be learnt.
        var strength = DarkTone.OfExposure(light.Exposure).Factors[0];
        return random.NextDouble() < CameraProbability
            ? light with { Rain = rainStrength, Noise = NoiseKind.Camera, NoiseLevel = strength * Math.Exp(Between(random, Math.Log(1), Math.Log(MaxCameraSigma))) }
            : light with { Rain = rainStrength, Noise = NoiseKind.Gaussian, NoiseLevel = strength * Between(random, 1, MaxGaussianSigma) };
    }

    // A little under, a picture may be a shorter exposure and nothing else. The darker ones, which have lamps and windows in them, and some of
    // the others have their shadows bent down and a cast.
    internal static Degradation NextDark(Random random)
    {
        var stops = Between(random, MinStops, MaxStops);
        var plain = new Degradation(Math.Pow(2, -stops), 0, NoiseKind.None, 0);
        if (stops < MaxPlainStops && random.NextDouble() >= BentProbability)
            return plain;
        // The darker the picture, the more of it is bend and the less is a factor.
        var bend = Math.Exp(Math.Log(MaxBend) * random.NextDouble() * Math.Min(1, stops / MaxPlainStops));
        // A bend of b darkens the middle tones about as much as a factor of 2 / (1 + b).
        var factor = Math.Min(1, plain.Tone.Factors[0] * (1 + bend) / 2);
        return plain with { Tone = new DarkTone([.. Enumerable.Range(0, 3).Select(_ => Math.Min(1, factor * Math.Exp(Between(random, -MaxCast, MaxCast))))], bend) };
    }

    internal static double Between(Random random, double from, double to) => from + (to - from) * random.NextDouble();
}
