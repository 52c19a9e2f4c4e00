namespace Darkroom.Cli.CommandLine;

/// <summary>What the process answers; the same for every command of the project.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>Something failed that the user did not cause; one line on stderr names the log.</summary>
    public const int Failed = 1;

    /// <summary>An argument, a file or a picture cannot be used; one line on stderr says why and what is allowed.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by Ctrl-C: 128 plus SIGINT, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM: 128 plus SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>What <c>--help</c> says of them.</summary>
    public const string Help = "0 done, 1 unexpected failure (the log is named), 2 bad input, 130 stopped by Ctrl-C, 143 by SIGTERM";
}
