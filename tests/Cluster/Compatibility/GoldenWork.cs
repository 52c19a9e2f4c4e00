using System.Globalization;
using System.IO.Compression;
using Darkroom.Contracts.Images;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Darkroom.Tests.Cluster.Jobs;
using Darkroom.Tests.Cluster.Support;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>A cluster that is lost with a session, a run and a job under way, and its blobs as an archive.</summary>
internal static class GoldenWork
{
    public const string Tenant = "acme";
    public const string SessionName = "golden";
    public const string FirstTurn = "first";
    public const string SecondTurn = "second";
    public const string RunKey = "golden-run";
    public const string JobKey = "golden-job";
    public const string Words = "brighter";
    public const ulong RunSeed = 7;
    public const ulong SessionSeed = 11;
    public const ulong JobSeed = 13;
    public const int RunSteps = 200;
    public const int Pictures = 60;

    /// <summary>So many pictures of the job, and so many steps of the run, are done at least when the cluster is lost.</summary>
    public const int DoneAtLeast = 20;

    public static RestorationSettings SessionSettings { get; } = new(Seed: SessionSeed);

    public static RunRequest Run(ImageRef source) => new(source, RunKind.Refine, Words, null, new RestorationSettings(Seed: RunSeed, Steps: RunSteps), NoisyPipeline.ModelName);

    public static JobRequest Job(string listHash) => new(null, listHash, RunKind.Refine, Words, new RestorationSettings(Seed: JobSeed));

    public static async Task<string> ListAsync(DarkroomTestCluster cluster, string hash)
    {
        using var list = new MemoryStream();
        await JsonLines.WriteAsync(list, JobSamples.Items(Pictures, hash));
        list.Position = 0;
        return (await cluster.Contents.PutAsync(list, JsonLines.ContentType)).Hash;
    }

    /// <summary>Begins the work, loses the cluster in the middle of it, and keeps what it leaves behind.</summary>
    public static async Task WriteAsync(string archive)
    {
        var folder = DarkroomTestCluster.NewFolder();
        try
        {
            await using (var cluster = await DarkroomTestCluster.StartAsync(folder: folder))
            {
                var client = cluster.Client(Tenant);
                var session = await client.OpenSessionAsync(TestPictures.Png(), SessionName);
                await session.FinishAsync(await session.SendAsync($"<refine> {Words}", SessionSettings, FirstTurn));
                var source = (await session.GetAsync()).Source;
                var pause = cluster.Log.PauseAt(context => context is { Seed: SessionSeed, Step: 5 });
                var job = await client.StartJobOnceAsync(Job(await ListAsync(cluster, source.Hash)), JobKey);
                await client.StartRunAsync(Run(source), RunKey);
                await foreach (var glimpse in job.WatchAsync())
                {
                    if (glimpse.Settled >= DoneAtLeast && cluster.Log.Steps.Any(taken => taken is { Seed: RunSeed, Step: >= DoneAtLeast }))
                        break;
                }

                await session.SendAsync($"<refine> {Words}", SessionSettings, SecondTurn);
                var silo = await pause.ReachedAsync();
                // A lost machine writes nothing more.
                cluster.Blobs.Before = (what, _) =>
                {
                    if (what is "write" or "delete")
                        throw new BlobStoreException("the silo is dead");
                };
                await cluster.KillAsync(silo, pause);
            }

            Pack(folder, archive);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lays the blobs of an archive out as they were.</summary>
    /// <returns>When it was written.</returns>
    public static DateTimeOffset Unpack(string archive, string folder)
    {
        using var zip = ZipFile.OpenRead(archive);
        zip.ExtractToDirectory(folder);
        return DateTimeOffset.Parse(zip.Comment, CultureInfo.InvariantCulture);
    }

    private static void Pack(string folder, string archive)
    {
        File.Delete(archive);
        using var zip = ZipFile.Open(archive, ZipArchiveMode.Create);
        zip.Comment = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        var blobs = Path.Combine(folder, "blobs");
        foreach (var file in Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            zip.CreateEntryFromFile(file, Path.GetRelativePath(folder, file), CompressionLevel.SmallestSize);
    }
}
