using Darkroom.Contracts.Runs;

namespace Darkroom.Client.Http;

/// <summary>What a session is opened with beside its picture.</summary>
/// <param name="Name">The session's name, or null for a new one.</param>
/// <param name="Text">The first message, or null.</param>
/// <param name="Settings">Settings for the run that the message may start.</param>
/// <param name="Model">Checkpoint to restore with, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to restore with, or null: each run then goes where it fits, and says why.</param>
public sealed record SessionOrder(
    string? Name = null, string? Text = null, RestorationSettings? Settings = null, string? Model = null, string? Pipeline = null);

/// <summary>A message to a session, with whatever comes with it.</summary>
/// <param name="Text">Plain text, or <c>&lt;restore&gt;</c> or <c>&lt;refine&gt;</c> with or without words.</param>
/// <param name="Settings">Settings for the run that it may start.</param>
/// <param name="Rounds">At most so many rounds on the same picture; the text may ask for more.</param>
/// <param name="TurnId">The caller's id of the turn, or null for the idempotency key's.</param>
public sealed record MessageOrder(string Text, RestorationSettings? Settings = null, int Rounds = 1, string? TurnId = null)
{
    /// <summary>Gets the file of a picture to open the session with, if it is not open yet; it stays the caller's. A stream that cannot seek is sent once, without a second attempt.</summary>
    public Stream? Image { get; init; }

    /// <summary>Gets the hash of such a picture that was uploaded before, or null.</summary>
    public string? ImageHash { get; init; }

    /// <summary>Gets the checkpoint of the session that the picture opens, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the pipeline of the session that the picture opens, or null.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Gets the file of a mask: white may change; it stays the caller's.</summary>
    public Stream? Mask { get; init; }

    /// <summary>Gets the hash of a mask that was uploaded before, or null.</summary>
    public string? MaskHash { get; init; }

    /// <summary>Gets the width of the mask's soft seam (pixels), or null for the default.</summary>
    public int? Feather { get; init; }
}
