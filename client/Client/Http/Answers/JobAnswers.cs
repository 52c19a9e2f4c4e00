using Darkroom.Contracts.Jobs;

namespace Darkroom.Client.Http;

/// <summary>A page of jobs, the newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">What to give as <c>after</c> for the next page, or null at the end.</param>
public sealed record JobPage(IReadOnlyList<JobStatus> Jobs, string? Next);

/// <summary>A file for jobs with a prefix.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SizeBytes">Its length (bytes).</param>
/// <param name="ModifiedAt">When it was written.</param>
public sealed record Upload(string Name, long SizeBytes, DateTimeOffset ModifiedAt);

/// <summary>Files for jobs with a prefix, by name.</summary>
/// <param name="Uploads">The files.</param>
/// <param name="Next">What to give as <c>after</c> for the next page, or null at the end.</param>
public sealed record UploadPage(IReadOnlyList<Upload> Uploads, string? Next);
