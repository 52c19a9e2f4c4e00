using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Client;

/// <summary>What came of a command.</summary>
/// <param name="Reply">The assistant's answer.</param>
/// <param name="Run">How the run ended, or null if the message started none.</param>
public sealed record Restoration(TurnReply Reply, RunStatus? Run);
