using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>One forward pass for tiles of several runs.</summary>
internal static class StepBatch
{
    /// <summary>Advances every row by one step.</summary>
    /// <param name="rows">At least one; all of one <see cref="BatchKey"/>.</param>
    /// <remarks>If the batch fails, each row is tried alone: a run that breaks the model must not take its neighbours along.</remarks>
    public static void Execute(IReadOnlyList<StepWork> rows)
    {
        try
        {
            foreach (var (row, latent) in rows.Zip(Forward(rows)))
                row.Advance(latent);
        }
#pragma warning disable CA1031 // Whatever is thrown belongs to whoever waits; the device's thread must go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (rows.Count == 1)
            {
                rows[0].Fail(error);
                return;
            }

            foreach (var row in rows)
                Execute([row]);
        }
    }

    private static List<Tensor> Forward(IReadOnlyList<StepWork> rows)
    {
        using var scope = NewDisposeScope();
        var latents = rows.Count == 1 ? rows[0].Latent : cat(rows.Select(row => row.Latent).ToArray(), 0);
        var stepped = rows[0].Model.Pipeline.Step(latents, [.. rows.Select(row => row.Context)]);
        if (stepped.shape[0] != rows.Count)
            throw new InvalidOperationException($"The pipeline answered {rows.Count} rows with {stepped.shape[0]}.");
        // Copies, not views: a view would keep the whole batch in memory as long as its slowest row lives.
        return rows.Count == 1
            ? [stepped.DetachFromDisposeScope()]
            : [.. Enumerable.Range(0, rows.Count).Select(row => stepped.narrow(0, row, 1).clone().DetachFromDisposeScope())];
    }
}
