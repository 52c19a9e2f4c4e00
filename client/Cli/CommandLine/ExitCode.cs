namespace Darkroom.Cli.CommandLine;

/// <summary>What the process answers; the same for every command of the project.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>Something failed that the user did not cause; one line on stderr names the log.</summary>
    public const int Failed = 1;

    /// <summary>An argument, a file or a picture cannot be used, or what is named is not there; one line on stderr says why and what is allowed.</summary>
    public const int BadInput = 2;

    /// <summary>Not all was done: a job gave pictures up, or somebody cancelled the run or the job.</summary>
    public const int Partly = 3;

    /// <summary>The server does not answer.</summary>
    public const int Unreachable = 4;

    /// <summary>The server does not accept the key, or the key may not do this.</summary>
    public const int NotAllowed = 5;

    /// <summary>A limit of the tenant or of the cluster is reached: the same later may do.</summary>
    public const int Busy = 6;

    /// <summary>Stopped by Ctrl-C: 128 plus SIGINT, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 plus SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>What <c>--help</c> says of them.</summary>
    public static IReadOnlyList<string> Help { get; } =
    [
        "0 done, 1 unexpected failure (the log is named), 2 bad input or not there,",
        "3 not all was done (pictures given up, or cancelled), 4 the server does not answer,",
        "5 the key is not accepted, 6 a limit is reached: later, 130 stopped by Ctrl-C, 143 by SIGTERM",
    ];
}
