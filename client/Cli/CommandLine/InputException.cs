namespace Darkroom.Cli.CommandLine;

/// <summary>What the user gave cannot be used. The message is one line: the cause, and what is allowed.</summary>
internal sealed class InputException(string message, Exception? innerException = null) : CommandException(message, CommandLine.ExitCode.BadInput, innerException);
