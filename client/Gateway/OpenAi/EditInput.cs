using System.Globalization;
using System.Text.Json.Serialization;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Uploads;

namespace Darkroom.Gateway.OpenAi;

/// <summary>What OpenAI's form asks for, in our words.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Mask">A picture that is transparent where something may change, or null.</param>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words.</param>
/// <param name="Model">The model as the client calls it, or null.</param>
/// <param name="Count">How many results.</param>
/// <param name="AsUrl">Whether the answer has addresses instead of bytes.</param>
internal sealed record EditInput(ImageRef Image, ImageRef? Mask, RunKind Kind, string Words, string? Model, int Count, bool AsUrl)
{
    private const string RestoreCommand = "<restore>";
    private const string RefineCommand = "<refine>";

    // What the answer does not depend on: sizes are those of the picture, and there is one quality.
    private static readonly string[] Ignored = ["size", "quality", "user", "background", "moderation", "input_fidelity"];

    /// <summary>Reads the form.</summary>
    public static async Task<EditInput> ReadAsync(HttpRequest request, PictureIntake intake, CancellationToken cancellationToken)
    {
        ImageRef? image = null, mask = null;
        var fields = await FormReader.ReadAsync(
            request,
            async (field, _, file) =>
            {
                switch (field)
                {
                    case "image" or "image[]" when image is null:
                        image = await intake.TakeAsync(file, cancellationToken);
                        break;
                    case "mask" when mask is null:
                        mask = await intake.TakeAsync(file, cancellationToken);
                        break;
                    default:
                        throw ProblemException.Invalid("The files of the form are one 'image' and at most one 'mask'.");
                }
            },
            cancellationToken);
        Require(fields);
        var prompt = (fields.GetValueOrDefault("prompt") ?? string.Empty).Trim();
        var isRestore = prompt.Length == 0 || prompt.StartsWith(RestoreCommand, StringComparison.OrdinalIgnoreCase);
        var words = prompt.Replace(RestoreCommand, string.Empty, StringComparison.OrdinalIgnoreCase).Replace(RefineCommand, string.Empty, StringComparison.OrdinalIgnoreCase).Trim();
        if (words.Length > Runs.RunBody.MaxWordsLength)
            throw ProblemException.Invalid($"The prompt has {words.Length} characters; at most {Runs.RunBody.MaxWordsLength} are allowed.");
        return new EditInput(
            image ?? throw ProblemException.Invalid("The form has no file 'image'."), mask, isRestore ? RunKind.Restore : RunKind.Refine, words,
            fields.GetValueOrDefault("model"), CountOf(fields.GetValueOrDefault("n")), fields.GetValueOrDefault("response_format") == "url");
    }

    private static void Require(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (name, value) in fields)
        {
            var isTaken = name switch
            {
                "prompt" or "model" or "n" => true,
                "response_format" => value is "url" or "b64_json",
                "output_format" => value is "png",
                "stream" => value is "false",
                _ => Ignored.Contains(name, StringComparer.Ordinal),
            };
            if (!isTaken)
                throw ProblemException.Invalid($"A field of the form is not supported, or has a value that is not: prompt, model, n (1 to {EditEndpoint.Most}), response_format (url, b64_json), output_format (png), stream (false); {string.Join(", ", Ignored)} change nothing.");
        }
    }

    private static int CountOf(string? text)
    {
        if (text is null)
            return 1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= EditEndpoint.Most
            ? count
            : throw ProblemException.Invalid($"'n' is 1 to {EditEndpoint.Most}.");
    }
}

/// <summary>OpenAI's form.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Prompt">What to do.</param>
/// <param name="Mask">A picture that is transparent where something may change.</param>
/// <param name="Model">A checkpoint, or a name of OpenAI's for the default one.</param>
/// <param name="N">How many results.</param>
/// <param name="ResponseFormat"><c>b64_json</c> or <c>url</c>.</param>
internal sealed record EditForm(IFormFile Image, string? Prompt, IFormFile? Mask, string? Model, int? N, [property: JsonPropertyName("response_format")] string? ResponseFormat);

/// <summary>OpenAI's answer.</summary>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Data">The results.</param>
/// <param name="OutputFormat">Their format.</param>
/// <param name="Width">Their width (pixels).</param>
/// <param name="Height">Their height (pixels).</param>
internal sealed record EditReply(long Created, IReadOnlyList<EditedImage> Data, [property: JsonPropertyName("output_format")] string OutputFormat, int Width, int Height);

/// <summary>A result.</summary>
/// <param name="Base64">Its bytes, or null.</param>
/// <param name="Url">Its address, or null.</param>
internal sealed record EditedImage([property: JsonPropertyName("b64_json")] byte[]? Base64, string? Url);
