using TorchSharp;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Data.Tasks;

/// <summary>The blur of a hand that trembles: the path of a point while the shutter is open.</summary>
/// <remarks>A particle with inertia that is pushed at random, after Boracchi and Foi 2012 (10.1109/TIP.2012.2192126); blurred in linear light.</remarks>
internal static class CameraShake
{
    private const double ToneExponent = 2.2;
    private const int Reach = 12;                                               // pixels to each side
    private const int PathPoints = 256;

    public static Tensor Apply(Tensor clean, Random random, Generator generator)
    {
        var kernel = Kernel(random).view(1, 1, (2 * Reach) + 1, (2 * Reach) + 1);
        var light = clean.clamp(1e-4, 1).pow(ToneExponent).unsqueeze(1);        // each channel a picture, [3, 1, H, W]
        var padded = nn.functional.pad(light, [Reach, Reach, Reach, Reach], PaddingModes.Reflect);
        var blurred = nn.functional.conv2d(padded, kernel).squeeze(1).clamp(1e-6, 1).pow(1 / ToneExponent);
        return blurred + (randn(clean.shape, generator: generator) * (DegradationSampler.Between(random, 0, 2) / 255));
    }

    // Sums to 1.
    private static Tensor Kernel(Random random)
    {
        const int Size = (2 * Reach) + 1;
        var length = DegradationSampler.Between(random, 5, 2 * Reach);
        var unrest = DegradationSampler.Between(random, 0.05, 0.5);
        var (x, y) = (0.0, 0.0);
        var heading = DegradationSampler.Between(random, 0, 2 * Math.PI);
        var path = new List<(double X, double Y)>(PathPoints);
        for (var i = 0; i < PathPoints; i++)
        {
            path.Add((x, y));
            heading += unrest * DegradationSampler.Between(random, -1, 1);
            (x, y) = (x + (Math.Cos(heading) * length / PathPoints), y + (Math.Sin(heading) * length / PathPoints));
        }

        // The centre of the path is the picture's place: the blur does not move it.
        var (centreX, centreY) = (path.Average(point => point.X), path.Average(point => point.Y));
        var values = new float[Size * Size];
        foreach (var (pointX, pointY) in path)
        {
            var (left, top) = (Math.Clamp(pointX - centreX + Reach, 0, Size - 1.001), Math.Clamp(pointY - centreY + Reach, 0, Size - 1.001));
            var (column, row) = ((int)left, (int)top);
            var (right, below) = (left - column, top - row);
            values[(row * Size) + column] += (float)((1 - right) * (1 - below) / PathPoints);
            values[(row * Size) + column + 1] += (float)(right * (1 - below) / PathPoints);
            values[((row + 1) * Size) + column] += (float)((1 - right) * below / PathPoints);
            values[((row + 1) * Size) + column + 1] += (float)(right * below / PathPoints);
        }

        return tensor(values);
    }
}
