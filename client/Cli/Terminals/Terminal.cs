namespace Darkroom.Cli.Terminals;

/// <summary>Where the command line reads and writes: results on the output, progress and errors on the error stream.</summary>
/// <param name="In">Lines of a dialogue.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors, so that the output can be piped.</param>
/// <param name="IsInputInteractive">Whether a person types the input.</param>
/// <param name="IsOutputInteractive">Whether a person reads the output: no place for a picture's bytes.</param>
/// <param name="IsErrorInteractive">Whether progress may be drawn over and over.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, bool IsInputInteractive, bool IsOutputInteractive, bool IsErrorInteractive)
{
    /// <summary>The name that stands for standard input or output in the place of a file's.</summary>
    public const string Pipe = "-";

    /// <summary>Takes the streams of the process.</summary>
    public static Terminal OfProcess() => new(
        Console.In, Console.Out, Console.Error, !Console.IsInputRedirected, !Console.IsOutputRedirected,
        !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb");

    /// <summary>Opens standard input for bytes.</summary>
    public static Stream OpenInput() => Console.OpenStandardInput();

    /// <summary>Opens standard output for bytes.</summary>
    public static Stream OpenOutput() => Console.OpenStandardOutput();
}
