using System.Text;
using Darkroom.Gateway.Problems;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Darkroom.Gateway.Uploads;

/// <summary>Reads multipart forms part by part: a file goes where its handler puts it while it arrives.</summary>
internal static class FormReader
{
    private const int MaxParts = 10_000;
    private const int MaxFieldBytes = 64 << 10;
    private const int MaxFields = 64;
    private const int MaxBoundaryLength = 100;
    private const int MaxPartHeaderBytes = 8 << 10;

    /// <summary>Tells whether a request is a multipart form.</summary>
    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="takeFile">Takes a file in: the field's name, the file's name as the sender says, and its bytes.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The fields that are no files.</returns>
    /// <exception cref="ProblemException">The form is damaged or has too many parts.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        HttpRequest request, Func<string, string, Stream, Task> takeFile, CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(BoundaryOf(request), request.Body) { HeadersLengthLimit = MaxPartHeaderBytes };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            for (var part = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; part++)
            {
                if (part == MaxParts)
                    throw ProblemException.Invalid($"The form has more than {MaxParts} parts.");
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name) is not { Length: > 0 } name)
                    throw ProblemException.Invalid("A part of the form has no name.");
                var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                if (fileName.HasValue)
                    await takeFile(name.Value!, HeaderUtilities.RemoveQuotes(fileName).Value!, section.Body);
                else if (fields.Count == MaxFields || !fields.TryAdd(name.Value!, await ReadFieldAsync(section.Body, cancellationToken)))
                    throw ProblemException.Invalid($"The form has a field twice, or more than {MaxFields} fields.");
            }
        }
        catch (Exception error) when (error is InvalidDataException || error.GetType() == typeof(IOException))
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be read.", $"The multipart form is damaged: {error.Message}");
        }

        return fields;
    }

    private static string BoundaryOf(HttpRequest request)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value;
        return boundary is { Length: > 0 and <= MaxBoundaryLength }
            ? boundary
            : throw ProblemException.Invalid($"The form's boundary has {boundary?.Length ?? 0} characters; 1 to {MaxBoundaryLength} are allowed.");
    }

    private static async Task<string> ReadFieldAsync(Stream body, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await using var limited = new LimitedStream(body, MaxFieldBytes, () => ProblemException.Invalid($"A field of the form has more than {MaxFieldBytes} bytes; send a file as a part with a file name."));
        await limited.CopyToAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
