namespace Darkroom.Grains.Tenants;

/// <summary>What is persisted of a part of a tenant's idempotency keys.</summary>
[GenerateSerializer, Alias("Darkroom.KeyState")]
internal sealed class KeyState
{
    /// <summary>The layout that this code writes.</summary>
    public const int CurrentLayout = 1;

    /// <summary>Gets or sets the layout the state was written with; 0 if there was never a key.</summary>
    [Id(0)]
    public int Layout { get; set; }

    /// <summary>Gets or sets what the keys stand for.</summary>
    [Id(1)]
    public Dictionary<string, ClaimedKey> Keys { get; set; } = [];
}

/// <summary>What a key stands for.</summary>
/// <param name="Fingerprint">Of the request.</param>
/// <param name="Id">The run's or the job's id.</param>
/// <param name="At">When the key was first said.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.ClaimedKey")]
internal sealed record ClaimedKey([property: Id(0)] string Fingerprint, [property: Id(1)] string Id, [property: Id(2)] DateTimeOffset At);
