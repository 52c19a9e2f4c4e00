using Darkroom.Contracts.Jobs;
using Darkroom.Gateway.Json;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Sessions;
using Darkroom.Gateway.Uploads;

namespace Darkroom.Gateway.Jobs;

/// <summary>Reads what starts a job: JSON, or a form with the field <c>request</c> and the files.</summary>
internal static class JobInput
{
    /// <summary>Reads it; what it works on, unless it is a prefix, is in the intake then. If it is refused, or its sender goes, nothing is left of it.</summary>
    public static async Task<JobBody> ReadAsync(HttpRequest request, PictureIntake pictures, JobIntake files, CancellationToken cancellationToken)
    {
        try
        {
            var body = await ReadBodyAsync(request, pictures, files, cancellationToken);
            await files.AcceptAsync(cancellationToken);
            return body;
        }
        catch
        {
            await files.RefuseAsync();
            throw;
        }
    }

    private static async Task<JobBody> ReadBodyAsync(HttpRequest request, PictureIntake pictures, JobIntake files, CancellationToken cancellationToken)
    {
        JobBody body;
        if (FormReader.IsForm(request))
            body = await ReadFormAsync(request, files, cancellationToken);
        else if (request.HasJsonContentType())
            body = await request.ReadBodyAsync<JobBody>(cancellationToken);
        else
            throw ProblemException.WrongType(request.ContentType, "application/json, multipart/form-data");

        await SessionInput.OwnAsync(body.Settings, pictures, cancellationToken);
        if ((body.Prefix is null ? 0 : 1) + (body.Images is null ? 0 : 1) + (files.Items.Count > 0 ? 1 : 0) != 1)
            throw ProblemException.Invalid("A job works on one of: a 'prefix' of uploads, a list 'images', or files that come with it ('files' or 'zip').");
        foreach (var image in body.Images ?? [])
        {
            await pictures.FindAsync(image.Hash, cancellationToken);
            files.Items.Add(new JobItem(ItemName.Require(image.Name), image.Hash));
        }

        if (body.Images is { Count: 0 })
            throw ProblemException.Invalid("The list 'images' is empty.");
        return body;
    }

    private static async Task<JobBody> ReadFormAsync(HttpRequest request, JobIntake files, CancellationToken cancellationToken)
    {
        var fields = await FormReader.ReadAsync(
            request,
            (field, name, file) => field switch
            {
                "files" => files.TakeAsync(ItemName.Require(name), file, cancellationToken),
                "zip" when files.Items.Count == 0 => files.TakeArchiveAsync(file, cancellationToken),
                _ => throw ProblemException.Invalid("The files of the form are any number of 'files', or one 'zip'."),
            },
            cancellationToken);
        if (fields.Keys.Any(field => field != "request"))
            throw ProblemException.Invalid("The form has one field beside its files: 'request', in JSON.");
        return request.ReadField<JobBody>(fields.GetValueOrDefault("request")) ?? new JobBody();
    }
}
