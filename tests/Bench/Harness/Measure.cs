using System.Diagnostics;

namespace Darkroom.Bench.Harness;

/// <summary>Measures times: warm-up first, then repetitions.</summary>
internal static class Measure
{
    /// <summary>Measures one thing.</summary>
    public static async Task<Samples> AloneAsync(int warmUps, int repetitions, Func<Task> action)
    {
        for (var i = 0; i < warmUps; i++)
            await action();
        var seconds = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new Samples(seconds);
    }

    /// <summary>Measures two things in turn, so that both meet the same disturbances; who begins alternates.</summary>
    /// <param name="warmUps">Rounds that are not counted.</param>
    /// <param name="repetitions">Rounds that are.</param>
    /// <param name="first">Does the first thing once and returns its time (s).</param>
    /// <param name="second">Does the second thing once and returns its time (s).</param>
    public static (Samples First, Samples Second) InTurn(int warmUps, int repetitions, Func<double> first, Func<double> second)
    {
        var (a, b) = (new List<double>(), new List<double>());
        for (var i = -warmUps; i < repetitions; i++)
        {
            double timeA, timeB;
            if (i % 2 == 0)
                (timeA, timeB) = (first(), second());
            else
                (timeB, timeA) = (second(), first());
            if (i < 0)
                continue;
            a.Add(timeA);
            b.Add(timeB);
        }

        return (new Samples(a), new Samples(b));
    }
}
