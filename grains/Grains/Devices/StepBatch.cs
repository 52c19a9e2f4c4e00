using System.Diagnostics;
using Darkroom.Contracts.Errors;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Darkroom.Grains.Devices;

/// <summary>Forward passes for tiles of several runs, on the device's thread.</summary>
internal sealed partial class StepBatch(string device, BatchCaps caps, ILogger logger)
{
    /// <summary>Advances every row by one step, or fails it.</summary>
    /// <param name="rows">At least one; all of one <see cref="BatchKey"/>.</param>
    /// <remarks>
    /// If memory runs out, the cap is halved and the rows are taken in parts. If the batch fails otherwise, each row is tried
    /// alone: a run that breaks the model must not take its neighbours along. A row that is not finite is tried once more, alone.
    /// </remarks>
    public void Execute(IReadOnlyList<StepWork> rows)
    {
        if (TryForward(rows) is not { } passed)
            return;
        caps.Fitted(rows[0].Group!.Value, rows.Count);
        foreach (var (row, latent) in rows.Zip(passed))
        {
            if (latent is not null)
                row.Advance(latent);
            else
                Retry(row);
        }
    }

    private void Retry(StepWork row)
    {
        LogNotFinite(device, row.Model.Pipeline.Profile.Model, row.Context.Step, row.Context.StepCount, row.Context.Tile);
        if (TryForward([row]) is not { } passed)
            return;
        if (passed[0] is { } latent)
            row.Advance(latent);
        else
            row.Fail(new NonFiniteResultException(
                $"Step {row.Context.Step + 1} of {row.Context.StepCount} on tile {row.Context.Tile} gave NaN or infinity, and again when it was retried (model '{row.Model.Pipeline.Profile.Model}' on {device})."));
    }

    // Null when the rows were seen to in another way.
    private List<Tensor?>? TryForward(IReadOnlyList<StepWork> rows)
    {
        try
        {
            return Forward(rows);
        }
        catch (Exception error) when (MemoryExhaustion.Is(error) && rows.Count > 1)
        {
            var cap = caps.Halve(rows[0].Group!.Value, rows.Count);
            LogOutOfMemory(error, device, rows.Count, rows[0].Model.Pipeline.Profile.Model, cap);
            for (var done = 0; done < rows.Count;)
            {
                // A part may not fit either: the rest then goes by the cap that is known by now.
                var part = rows.Skip(done).Take(caps.Of(rows[0].Group!.Value)).ToList();
                Execute(part);
                done += part.Count;
            }
        }
#pragma warning disable CA1031 // Whatever is thrown belongs to whoever waits; the device's thread must go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (rows.Count == 1)
            {
                rows[0].Fail(error);
                return null;
            }

            foreach (var row in rows)
                Execute([row]);
        }

        return null;
    }

    // A row that is not finite comes as null.
    private static List<Tensor?> Forward(IReadOnlyList<StepWork> rows)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        var latents = rows.Count == 1 ? rows[0].Latent : cat(rows.Select(row => row.Latent).ToArray(), 0);
        var stepped = rows[0].Model.Pipeline.Step(latents, [.. rows.Select(row => row.Context)]);
        if (stepped.shape[0] != rows.Count)
            throw new InvalidOperationException($"The pipeline answered {rows.Count} rows with {stepped.shape[0]}.");
        var isFinite = stepped.isfinite().reshape(rows.Count, -1).all(1).to(CPU).data<bool>().ToArray();
        foreach (var row in rows)
            row.Class.Meter?.AddSince(start, rows.Count);
        // Copies, not views: a view would keep the whole batch in memory as long as its slowest row lives.
        return [.. isFinite.Select((finite, row) => !finite ? null : rows.Count == 1 ? stepped.DetachFromDisposeScope() : stepped.narrow(0, row, 1).clone().DetachFromDisposeScope())];
    }

    [LoggerMessage(1003, LogLevel.Warning, "Device {Device} has no memory for {Tiles} tiles of {Model} at once; from now on it takes {Cap}")]
    private partial void LogOutOfMemory(Exception error, string device, int tiles, string model, int cap);

    [LoggerMessage(1004, LogLevel.Warning, "Device {Device}: {Model} gave NaN or infinity at step {Step} of {StepCount} on tile {Tile}; the step is retried")]
    private partial void LogNotFinite(string device, string model, int step, int stepCount, int tile);
}
