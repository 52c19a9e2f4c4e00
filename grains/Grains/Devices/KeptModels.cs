using Darkroom.Contracts.Devices;

namespace Darkroom.Grains.Devices;

/// <summary>Has a device load models that it is to keep, without anybody waiting for it.</summary>
/// <param name="models">The models of the device.</param>
/// <param name="time">The clock.</param>
internal sealed class KeptModels(ModelResidency models, TimeProvider time)
{
    // A checkpoint that cannot be loaded is not read again all the time.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Attempt> attempts = new(StringComparer.Ordinal);

    /// <summary>Keeps a model for a while, and loads it if it is not there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="duration">How long, from now; zero lets it go.</param>
    public KeepResult Keep(string model, TimeSpan duration)
    {
        models.Keep(model, duration);
        lock (gate)
        {
            if (duration <= TimeSpan.Zero)
            {
                attempts.Remove(model);
                return new KeepResult(KeepOutcome.Released, string.Empty);
            }

            if (models.Resident.Contains(model, StringComparer.Ordinal))
            {
                attempts.Remove(model);
                return new KeepResult(KeepOutcome.Resident, string.Empty);
            }

            if (attempts.TryGetValue(model, out var attempt) && !(attempt.Failure is { } failure && IsOver(attempt, failure)))
                return attempt.Failure ?? new KeepResult(KeepOutcome.Loading, "The model is being loaded.");
            attempt = new Attempt();
            attempts[model] = attempt;
            _ = Task.Run(() => LoadAsync(model, attempt));
            return new KeepResult(KeepOutcome.Loading, "The model is being loaded.");
        }
    }

    private bool IsOver(Attempt attempt, KeepResult failure) => failure.Outcome == KeepOutcome.NoRoom || time.GetElapsedTime(attempt.EndedAt) >= RetryAfter;

    private async Task LoadAsync(string model, Attempt attempt)
    {
        KeepResult? failure = null;
        try
        {
            using var lease = await models.UseAsync(model);
        }
        catch (DeviceBusyException error)
        {
            failure = new KeepResult(KeepOutcome.NoRoom, error.Message);
        }
#pragma warning disable CA1031 // Whatever it was, whoever asks next hears of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = new KeepResult(KeepOutcome.Failed, error.Message);
        }

        lock (gate)
            (attempt.Failure, attempt.EndedAt) = (failure ?? attempt.Failure, time.GetTimestamp());
        if (failure is null)
        {
            lock (gate)
                attempts.Remove(model);
        }
    }

    private sealed class Attempt
    {
        public KeepResult? Failure { get; set; }

        public long EndedAt { get; set; }
    }
}
