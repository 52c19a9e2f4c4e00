using System.Text.Json;
using Darkroom.Contracts.Images;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Images;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Sessions;

/// <summary>A version as a file to keep: with what it was made by in its metadata.</summary>
internal static class VersionFile
{
    /// <summary>Gets a version's picture as a download, with its recipe (instruction, settings, model, its hash) in the metadata.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">The version.</param>
    /// <param name="format">png, jpeg, webp or tiff; png unless something else is asked for.</param>
    /// <param name="depth">Bits of a channel: 8 or 16.</param>
    internal static async Task<IResult> GetAsync(
        string session, string version, string? format, int? depth, HttpContext context, Caller caller, IGrainFactory grains, IBlobStore blobs, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var versions = await caller.Client.Session(session).ListVersionsAsync(cancellationToken);
        if (versions.FirstOrDefault(one => one.Id == version) is not { Image: { } image } found)
            throw ProblemException.NotFound("There is no such version, or it has no picture.");
        var recipe = new VersionRecipe("Darkroom", found.Kind?.ToString(), found.Instruction, found.Description, found.Model, found.ModelHash, found.Settings, versions[0].Image!.Hash);
        var request = new RenderRequest(MediaType: $"image/{format ?? "png"}", BitDepth: depth, Description: Ascii(JsonSerializer.Serialize(recipe, json.Value.SerializerOptions)));
        var file = await grains.GetGrain<IPictureGrain>(image.Hash).RenderAsync(request, cancellationToken);
        return ImageEndpoints.Send(context, blobs, file, $"{session}-{version}.{format ?? "png"}");
    }

    // EXIF's text has no other letters; in JSON each has an escape.
    private static string Ascii(string json) => string.Concat(json.Select(letter => char.IsAscii(letter) ? letter.ToString() : $"\\u{(int)letter:x4}"));
}

/// <summary>How a version was made.</summary>
/// <param name="Software">By what.</param>
/// <param name="Kind">The command.</param>
/// <param name="Instruction">The user's words.</param>
/// <param name="Description">The describer's sentences that steered it.</param>
/// <param name="Model">The checkpoint.</param>
/// <param name="ModelHash">Its SHA-256.</param>
/// <param name="Settings">The settings, with the seed.</param>
/// <param name="Source">The hash of the picture that the session was opened with.</param>
internal sealed record VersionRecipe(
    string Software, string? Kind, string Instruction, string? Description, string? Model, string? ModelHash, Contracts.Runs.RestorationSettings Settings, string Source);
