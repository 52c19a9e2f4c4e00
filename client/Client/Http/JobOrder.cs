using Darkroom.Contracts.Runs;

namespace Darkroom.Client.Http;

/// <summary>What a job does to each of its pictures.</summary>
/// <param name="Kind">The command.</param>
/// <param name="Words">The user's words, or null.</param>
/// <param name="Settings">The settings; the defaults if null.</param>
/// <param name="Model">Checkpoint to use, or null for the pipeline's.</param>
/// <param name="Pipeline">Pipeline to use, or null: each picture's run then goes where it fits.</param>
/// <param name="Concurrency">How many pictures are worked on at once, or null for the server's default.</param>
/// <param name="Name">The job's name, or null for a new one.</param>
public sealed record JobOrder(
    RunKind Kind = RunKind.Restore, string? Words = null, RestorationSettings? Settings = null, string? Model = null, string? Pipeline = null,
    int? Concurrency = null, string? Name = null);

/// <summary>A picture that is sent with a job.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Open">Opens its file; called when its turn comes, and again where the job is sent again. The stream is closed after it.</param>
public sealed record JobFile(string Name, Func<Stream> Open)
{
    /// <summary>Makes it of a file of this machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What the results call it; the file's name if null.</param>
    public static JobFile FromPath(string path, string? name = null) =>
        new(name ?? Path.GetFileName(path), () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan));
}

/// <summary>A picture of a job that was uploaded before.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Hash">Its hash.</param>
public sealed record JobPicture(string Name, string Hash);
