using System.Globalization;

namespace Darkroom.Workbench.Capacity;

/// <summary>Finds how many devices a load needs.</summary>
public static class CapacitySearch
{
    private const int MostDevices = 100_000;

    /// <summary>Finds the fewest devices of a pool that hold a wait: doubled until they do, then halved between.</summary>
    /// <exception cref="ArgumentException">There is no such pool, or no number of devices holds it.</exception>
    public static async Task<CapacityPlan> FindAsync(CapacityPlan plan, string pool, double wait, TextWriter output, CancellationToken cancellationToken)
    {
        if (!plan.Pools.Any(one => one.Name == pool))
            throw new ArgumentException($"There is no pool '{pool}'; there are {string.Join(", ", plan.Pools.Select(one => one.Name))}.");
        var (fails, holds) = (0, 1);
        while (!await HoldsAsync(holds))
        {
            if (holds == MostDevices)
                throw new ArgumentException($"Not even {MostDevices} devices of '{pool}' have 95 of 100 requests wait {wait.ToString(CultureInfo.InvariantCulture)} s at most: a run alone waits longer, or another pool is in the way.");
            (fails, holds) = (holds, Math.Min(MostDevices, holds * 2));
        }

        while (holds - fails > 1)
        {
            var middle = (holds + fails) / 2;
            if (await HoldsAsync(middle))
                holds = middle;
            else
                fails = middle;
        }

        return plan.With(pool, holds);

        async Task<bool> HoldsAsync(int devices)
        {
            var report = new Simulation(plan.With(pool, devices)).Run(cancellationToken);
            var longest = report.Streams.Where(stream => stream.Priority == "Interactive").Select(stream => stream.Wait.P95).DefaultIfEmpty(0).Max();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{devices} devices: 95 of 100 wait at most {longest:F3} s{(report.IsOverloaded ? ", and more comes than is done" : string.Empty)}"));
            return !report.IsOverloaded && longest <= wait;
        }
    }
}
