using Darkroom.Contracts.Errors;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Cli;

/// <summary>Tells which errors of the cluster are the user's input.</summary>
internal static class InputErrors
{
    /// <summary>Whether the user can mend it by giving something else.</summary>
    public static bool Includes(Exception error) => error
        is InvalidCheckpointException
        or InvalidImageException
        or InvalidRequestException
        or SessionConflictException
        or SessionNotFoundException;
}
