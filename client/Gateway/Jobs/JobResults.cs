using System.IO.Compression;
using System.Text.Json;
using Darkroom.Client;
using Darkroom.Contracts.Jobs;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Images;
using Darkroom.Gateway.Problems;
using Darkroom.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Darkroom.Gateway.Jobs;

/// <summary>The results of jobs, written as they are read.</summary>
internal static class JobResults
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <summary>Gets what became of each picture, a line of JSON each, once the job has ended.</summary>
    internal static async Task<IResult> LinesAsync(string job, Caller caller, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = caller.Client.Job(job);
        await RequireEndedAsync(found, cancellationToken);
        return TypedResults.Stream(body => WriteLinesAsync(found, body, json.Value.SerializerOptions, cancellationToken), JsonLines.ContentType);
    }

    /// <summary>Gets the restored pictures by their names, and the lines of <c>results</c>, as a zip archive.</summary>
    internal static async Task<IResult> ArchiveAsync(string job, HttpContext context, Caller caller, IBlobStore blobs, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = caller.Client.Job(job);
        await RequireEndedAsync(found, cancellationToken);
        // The framework's streams of entries end with a small synchronous write.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        return TypedResults.Stream(
            body => WriteArchiveAsync(found, blobs, body, json.Value.SerializerOptions, cancellationToken), "application/zip", SafeName.Of($"{job}.zip"));
    }

    /// <summary>Refuses a job that has no results yet.</summary>
    public static async Task RequireEndedAsync(RestorationJob job, CancellationToken cancellationToken)
    {
        var status = await job.GetAsync(cancellationToken);
        if (status.ResultsHash is null)
            throw new ProblemException(StatusCodes.Status409Conflict, "conflict", "The job has no results.", $"The job is {JsonNamingPolicy.CamelCase.ConvertName(status.Stage.ToString())}; it has results once it has ended.");
    }

    private static async Task WriteLinesAsync(RestorationJob job, Stream body, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        await foreach (var result in job.ResultsAsync(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(body, result, json, cancellationToken);
            await body.WriteAsync(NewLine, cancellationToken);
        }
    }

    private static async Task WriteArchiveAsync(RestorationJob job, IBlobStore blobs, Stream body, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        var zip = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await using (zip)
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            await foreach (var result in job.ResultsAsync(cancellationToken))
            {
                if (result.Result is not { } picture)
                    continue;
                var entry = zip.CreateEntry(NameOf(result, names), CompressionLevel.Fastest);
                await using var target = await entry.OpenAsync(cancellationToken);
                await using var source = await blobs.OpenReadAsync(ContentStore.NameOf(picture.Hash), default, cancellationToken);
                await source.Stream.CopyToAsync(target, cancellationToken);
            }

            await using var lines = await zip.CreateEntry("results.jsonl", CompressionLevel.Fastest).OpenAsync(cancellationToken);
            await WriteLinesAsync(job, lines, json, cancellationToken);
        }
    }

    // A result is a PNG whatever its source was; two sources may differ in their extension only.
    private static string NameOf(JobItemResult result, HashSet<string> names)
    {
        var name = Path.ChangeExtension(result.Name, ".png");
        if (name != "results.jsonl" && names.Add(name))
            return name;
        name = $"{Path.ChangeExtension(result.Name, null)}.{result.Index}.png";
        names.Add(name);
        return name;
    }
}
