using System.CommandLine;
using Darkroom.Cli.Clusters;
using Darkroom.Cli.CommandLine;
using Darkroom.Cli.Output;
using Darkroom.Cli.Terminals;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Sessions;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Sheets;

namespace Darkroom.Cli.Sessions;

/// <summary><c>./cluster session save</c>: writes a version's picture.</summary>
internal static class SessionSave
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = SessionCommand.NameArgument();
        var version = new Argument<string?>("VERSION") { Description = "Id of the version. Default: the current one.", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string>("--output", "-o") { Description = "File to write; its extension says the format, '-' is standard output.", HelpName = "OUT", Required = true };
        var format = FormatOption.Create("Format of a picture on standard output. Default png.");
        return SessionCommand.With(new Command("save", "Writes the picture of a version.") { name, version, output, format }, async (result, cluster, cancellationToken) =>
        {
            var (path, isJson) = (result.GetRequiredValue(output), result.GetValue(CommonOptions.Json));
            var target = PictureTarget.Reserve(path, FormatOption.Read(result.GetValue(format)), isJson, terminal);
            var session = cluster.Session(result.GetRequiredValue(name));
            var versions = await session.ListVersionsAsync(cancellationToken);
            var wanted = result.GetValue(version) ?? (await session.GetAsync(cancellationToken)).CurrentVersionId;
            if (versions.FirstOrDefault(one => one.Id == wanted) is not { Image: { } image })
                throw new InputException($"The session '{session.Name}' has no version '{wanted}' with a picture; there are {string.Join(", ", versions.Where(one => one.Image is not null).Select(one => one.Id))}.");
            await WriteAsync(cluster, image, target, cancellationToken);
            if (target.File is { } file)
                Tell(terminal, file, session.Name, wanted, isJson);
        });
    }

    /// <summary>Fetches a picture and writes it.</summary>
    public static async Task WriteAsync(ICluster cluster, ImageRef image, PictureTarget target, CancellationToken cancellationToken) =>
        await target.WriteAsync(ImageEncoder.Encode(await DecodeAsync(cluster, image, cancellationToken), target.Format), cancellationToken);

    /// <summary>Writes two versions side by side.</summary>
    public static async Task WriteSheetAsync(ICluster cluster, VersionComparison comparison, OutputFile output, CancellationToken cancellationToken)
    {
        var before = await DecodeAsync(cluster, comparison.Before.Image!, cancellationToken);
        var after = await DecodeAsync(cluster, comparison.After.Image!, cancellationToken);
        var sheet = BeforeAfterSheet.Compose(before, after, comparison.Before.Id.ToUpperInvariant(), comparison.After.Id.ToUpperInvariant());
        output.Write(stream => ImageEncoder.Encode(sheet, ImageFormats.FromPath(output.Path), stream));
    }

    /// <summary>Tells where a version was written.</summary>
    public static void Tell(Terminal terminal, OutputFile file, string session, string versionId, bool isJson)
    {
        if (isJson)
            JsonLine.Write(terminal.Out, new { session, versionId, output = file.Path });
        else
            terminal.Out.WriteLine(PlainText.Of($"wrote {file.Path}, version {versionId}"));
    }

    private static async Task<PlanarImage> DecodeAsync(ICluster cluster, ImageRef image, CancellationToken cancellationToken)
    {
        using var file = new MemoryStream();
        await cluster.DownloadAsync(image, file, cancellationToken);
        return PictureFile.Decode(file.ToArray());
    }
}
