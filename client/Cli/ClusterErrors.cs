using System.Net;
using Darkroom.Cli.CommandLine;
using Darkroom.Client.Http;
using Darkroom.Contracts.Errors;
using Darkroom.Models.Checkpoints;

namespace Darkroom.Cli;

/// <summary>Tells what the process answers to errors of the cluster whose message says all there is to say.</summary>
internal static class ClusterErrors
{
    /// <summary>Gets the exit code, or null of an error that nobody expects.</summary>
    public static int? ExitCodeOf(Exception error) => error switch
    {
        CommandException known => known.ExitCode,
        InvalidCheckpointException or InvalidImageException or InvalidRequestException => ExitCode.BadInput,
        SessionConflictException or SessionNotFoundException or RunNotFoundException => ExitCode.BadInput,
        JobConflictException or JobNotFoundException or KeyConflictException => ExitCode.BadInput,
        QuotaExceededException => ExitCode.Busy,
        DarkroomHttpException refused => ExitCodeOf(refused),
        _ => null,
    };

    private static int? ExitCodeOf(DarkroomHttpException error) => error.Status switch
    {
        null or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout => ExitCode.Unreachable,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
        // Somebody answers, but not a server of this project, or not in words that this program understands.
        _ when error.Code is DarkroomHttpException.Damaged or "" => ExitCode.Unreachable,
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => ExitCode.Busy,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ExitCode.BadInput,
        _ => null,
    };
}
