namespace Darkroom.Cli.CommandLine;

/// <summary>A command cannot do what it was asked. The message is one line: the cause, and what to do about it.</summary>
/// <param name="message">The line.</param>
/// <param name="exitCode">One of <see cref="CommandLine.ExitCode"/>.</param>
/// <param name="innerException">What caused it, or null.</param>
internal class CommandException(string message, int exitCode, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Gets what the process answers.</summary>
    public int ExitCode { get; } = exitCode;
}
