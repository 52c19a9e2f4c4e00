using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Gateway.Sessions;

/// <summary>Opens a session with a picture, and says the first thing.</summary>
/// <param name="Image">The picture's file, base64; or null.</param>
/// <param name="ImageHash">The hash of a picture that was uploaded before; or null.</param>
/// <param name="Model">Checkpoint to restore with, or null for the pipeline's.</param>
/// <param name="Name">The session's name, or null for a new one.</param>
/// <param name="Text">The first message, or null.</param>
/// <param name="Settings">Settings for the run that the message may start.</param>
/// <param name="Pipeline">Pipeline to restore with, or null: each run then goes where it fits, and says why.</param>
internal sealed record OpenSessionBody(
    byte[]? Image = null, string? ImageHash = null, string? Model = null, string? Name = null, string? Text = null, RestorationSettings? Settings = null,
    string? Pipeline = null);

/// <summary>Says something in a session.</summary>
/// <param name="Text">Plain text, or <c>&lt;restore&gt;</c> or <c>&lt;refine&gt;</c> with or without words.</param>
/// <param name="Settings">Settings for the run that the message may start.</param>
/// <param name="TurnId">The caller's id of the message; sent twice it is answered twice and done once.</param>
/// <param name="Image">The file of a picture to open the session with, if it is not open yet, base64; or null.</param>
/// <param name="ImageHash">The same for a picture that was uploaded before; or null.</param>
/// <param name="Mask">The file of a mask, base64: white may change; or null.</param>
/// <param name="MaskHash">The hash of a mask that was uploaded before; or null.</param>
/// <param name="Feather">Width of the mask's soft seam (pixels), or null for the default.</param>
/// <param name="Model">Checkpoint of the session that an image opens.</param>
/// <param name="Pipeline">Pipeline of the session that an image opens.</param>
/// <param name="Rounds">At most so many rounds on the same picture; the text may ask for more.</param>
internal sealed record MessageBody(
    string Text,
    RestorationSettings? Settings = null,
    string? TurnId = null,
    byte[]? Image = null,
    string? ImageHash = null,
    byte[]? Mask = null,
    string? MaskHash = null,
    int? Feather = null,
    string? Model = null,
    string? Pipeline = null,
    int Rounds = 1);

/// <summary>Names a version.</summary>
/// <param name="VersionId">The version.</param>
internal sealed record CheckoutBody(string VersionId);

/// <summary>Makes a version once more.</summary>
/// <param name="VersionId">The version, or null for the current one.</param>
/// <param name="Seed">Another seed, or null for the same.</param>
/// <param name="Settings">Other settings, or null for those of the version.</param>
/// <param name="TurnId">The caller's id of the turn.</param>
internal sealed record ReplayBody(string? VersionId = null, ulong? Seed = null, RestorationSettings? Settings = null, string? TurnId = null);

/// <summary>A session that was opened.</summary>
/// <param name="Session">What it holds.</param>
/// <param name="Reply">The answer to the first message, or null.</param>
internal sealed record OpenedSession(SessionInfo Session, TurnReply? Reply);
