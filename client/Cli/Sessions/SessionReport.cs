using Darkroom.Cli.Output;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Cli.Sessions;

/// <summary>Writes what sessions are, for people and for programs.</summary>
internal static class SessionReport
{
    /// <summary>Writes a session and its versions.</summary>
    public static void Write(TextWriter writer, SessionInfo info, IReadOnlyList<SessionVersion> versions)
    {
        Line("session", info.Session);
        Line("photo", $"{Amounts.Size(info.Source.Width, info.Source.Height)}, {info.Source.MediaType}, {info.Source.Hash[..12]}");
        Line("restores", (info.Pipeline, info.Model) switch
        {
            (null, null) => "by whichever pipeline fits",
            (var pipeline, null) => $"by {pipeline}",
            (null, var model) => $"with {model}",
            var (pipeline, model) => $"by {pipeline} with {model}",
        });
        foreach (var version in versions)
            writer.WriteLine(PlainText.Of(VersionText.Line(version, info.CurrentVersionId)));

        void Line(string name, string text) => writer.WriteLine(PlainText.Of($"{name,-9} {text}"));
    }

    /// <summary>Writes where a session stands.</summary>
    public static void WritePlace(TextWriter writer, string where, SessionInfo info, bool isJson)
    {
        if (isJson)
            JsonLine.Write(writer, info);
        else
            writer.WriteLine(PlainText.Of($"{where} version {info.CurrentVersionId}"));
    }
}
