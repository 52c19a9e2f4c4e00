using Darkroom.Cli.CommandLine;
using Darkroom.Imaging;

namespace Darkroom.Cli.Chat;

/// <summary>Where the versions of a dialogue are written.</summary>
internal sealed class VersionFiles
{
    private readonly string folder;
    private readonly Photo photo;

    private VersionFiles(string folder, Photo photo) => (this.folder, this.photo) = (folder, photo);

    /// <summary>Takes a folder, after checking that it can be written.</summary>
    /// <exception cref="InputException">It cannot; the message says why.</exception>
    public static VersionFiles In(string folder, Photo photo)
    {
        var files = new VersionFiles(folder, photo);
        OutputFile.Reserve(files.PathOf("v1"));
        return files;
    }

    /// <summary>Writes a version's picture.</summary>
    /// <param name="versionId">The version's id, such as <c>v2</c>.</param>
    /// <param name="file">The picture's file, in any format.</param>
    /// <returns>The path.</returns>
    /// <exception cref="InputException">It cannot be written.</exception>
    public string Write(string versionId, byte[] file) => Save(PathOf(versionId), file);

    /// <summary>Writes a picture to a file that the user names.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="InputException">It cannot be written.</exception>
    public string Save(string path, byte[] file)
    {
        var output = OutputFile.ReservePicture(path);
        if (output.Path == photo.Path)
            throw new InputException($"'{path}' is the photograph itself; choose another name.");
        var converted = PictureFile.Make(photo, file, ImageFormats.FromPath(output.Path));
        output.Write(stream => stream.Write(converted));
        return output.Path;
    }

    private string PathOf(string versionId) => Path.Combine(folder, $"{photo.Name}.{versionId}{photo.Extension}");
}
