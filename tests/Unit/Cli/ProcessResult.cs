namespace Darkroom.Tests.Unit.Cli;

/// <summary>What a program answered.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);
