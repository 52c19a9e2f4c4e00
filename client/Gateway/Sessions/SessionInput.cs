using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Gateway.Json;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;

namespace Darkroom.Gateway.Sessions;

/// <summary>Text with pictures, as JSON with base64 or as a form: read once, with the pictures taken in.</summary>
/// <param name="Text">What is said, or null.</param>
/// <param name="Settings">The settings, with the mask in them.</param>
/// <param name="Image">The picture, or null.</param>
/// <param name="Model">The checkpoint, or null.</param>
/// <param name="Name">The session's name, or null.</param>
/// <param name="TurnId">The caller's id of the turn, or null.</param>
/// <param name="Pipeline">The pipeline, or null.</param>
/// <param name="Rounds">At most so many rounds.</param>
internal sealed record SessionInput(
    string? Text, RestorationSettings Settings, ImageRef? Image, string? Model, string? Name, string? TurnId, string? Pipeline = null, int Rounds = 1)
{
    private const string ImageName = "image";
    private const string MaskName = "mask";

    private static readonly string[] FormFields = ["text", "settings", "model", "name", "turnId", "imageHash", "maskHash", "feather", "pipeline", "rounds"];

    /// <summary>Reads what opens a session.</summary>
    public static async Task<SessionInput> ReadOpeningAsync(HttpRequest request, PictureIntake intake, CancellationToken cancellationToken)
    {
        if (FormReader.IsForm(request))
            return await ReadFormAsync(request, intake, cancellationToken);
        RequireJson(request);
        var (body, pictures) = await request.ReadBodyAsync<OpenSessionBody>(intake, [ImageName], cancellationToken);
        var image = await FindAsync(pictures.GetValueOrDefault(ImageName), body.ImageHash, intake, cancellationToken);
        return new SessionInput(body.Text, await OwnAsync(body.Settings, intake, cancellationToken), image, body.Model, body.Name, null, body.Pipeline);
    }

    /// <summary>Reads a message.</summary>
    public static async Task<SessionInput> ReadMessageAsync(HttpRequest request, PictureIntake intake, CancellationToken cancellationToken)
    {
        if (FormReader.IsForm(request))
            return await ReadFormAsync(request, intake, cancellationToken);
        RequireJson(request);
        var (body, pictures) = await request.ReadBodyAsync<MessageBody>(intake, [ImageName, MaskName], cancellationToken);
        var image = await FindAsync(pictures.GetValueOrDefault(ImageName), body.ImageHash, intake, cancellationToken);
        var mask = await FindAsync(pictures.GetValueOrDefault(MaskName), body.MaskHash, intake, cancellationToken);
        return new SessionInput(body.Text, await OwnAsync(WithMask(body.Settings, mask, body.Feather), intake, cancellationToken), image, body.Model, null, body.TurnId, body.Pipeline, body.Rounds);
    }

    /// <summary>Refuses settings with a mask that is not the caller's.</summary>
    public static async Task<RestorationSettings> OwnAsync(RestorationSettings? settings, PictureIntake intake, CancellationToken cancellationToken)
    {
        if (settings?.Region?.MaskHash is { } mask)
            await intake.FindAsync(mask, cancellationToken);
        return settings ?? new RestorationSettings();
    }

    private static async Task<SessionInput> ReadFormAsync(HttpRequest request, PictureIntake intake, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, ImageRef>(StringComparer.Ordinal);
        var fields = await FormReader.ReadAsync(
            request,
            async (field, _, file) =>
            {
                if (field is not (ImageName or MaskName) || files.ContainsKey(field))
                    throw ProblemException.Invalid("The files of the form are 'image' and 'mask', each once.");
                files.Add(field, await intake.TakeAsync(file, cancellationToken));
            },
            cancellationToken);
        if (fields.Keys.FirstOrDefault(field => !FormFields.Contains(field, StringComparer.Ordinal)) is not null)
            throw ProblemException.Invalid($"The form has a field that is not known; the fields are {string.Join(", ", FormFields)}.");
        var image = await FindAsync(files.GetValueOrDefault(ImageName), fields.GetValueOrDefault("imageHash"), intake, cancellationToken);
        var mask = await FindAsync(files.GetValueOrDefault(MaskName), fields.GetValueOrDefault("maskHash"), intake, cancellationToken);
        var settings = WithMask(request.ReadField<RestorationSettings>(fields.GetValueOrDefault("settings")), mask, NumberOf(fields, "feather"));
        return new SessionInput(
            fields.GetValueOrDefault("text"), await OwnAsync(settings, intake, cancellationToken), image,
            fields.GetValueOrDefault("model"), fields.GetValueOrDefault("name"), fields.GetValueOrDefault("turnId"),
            fields.GetValueOrDefault("pipeline"), NumberOf(fields, "rounds") ?? 1);
    }

    private static RestorationSettings? WithMask(RestorationSettings? settings, ImageRef? mask, int? feather)
    {
        if (mask is null)
            return settings;
        if (settings?.Region is not null)
            throw ProblemException.Invalid("There is a mask and a region in the settings; give one of them.");
        return (settings ?? new RestorationSettings()) with { Region = new RestorationRegion(mask.Hash, Feather: feather ?? RestorationRegion.DefaultFeather) };
    }

    private static async Task<ImageRef?> FindAsync(ImageRef? taken, string? hash, PictureIntake intake, CancellationToken cancellationToken)
    {
        if (taken is not null && hash is not null)
            throw ProblemException.Invalid("There is a file and a hash for the same picture; give one of them.");
        return hash is null ? taken : await intake.FindAsync(hash, cancellationToken);
    }

    private static int? NumberOf(IReadOnlyDictionary<string, string> fields, string name)
    {
        if (!fields.TryGetValue(name, out var text))
            return null;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ProblemException.Invalid($"The field '{name}' is not a whole number.");
    }

    private static void RequireJson(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            throw ProblemException.WrongType(request.ContentType, "application/json, multipart/form-data");
    }
}
