using System.Text.RegularExpressions;
using Darkroom.Client.Http;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;
using Darkroom.Tests.Cluster.Support;
using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Client;

/// <summary>The examples of docs/client.md: they stand there word for word, and are run here.</summary>
public sealed partial class ClientExampleTests(GatewayApp app) : IClassFixture<GatewayApp>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("darkroom-examples-").FullName;
    private readonly DarkroomHttpClient client = new(app.Address);
    private readonly CancellationToken cancellationToken = TestContext.Current.CancellationToken;

    public void Dispose()
    {
        client.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Example_Connect()
    {
        var (address, key) = (app.Address, "any-key");

        // example: connect
        using var darkroom = new DarkroomHttpClient(address, key);
        var me = await darkroom.GetCallerAsync(cancellationToken);
        Console.Write($"I am {me.Account}, {me.Role}");
        // end
    }

    [Fact]
    public async Task Example_Session()
    {
        var (photo, result) = (Picture("photo.png"), Path.Combine(folder, "restored.tiff"));

        // example: session
        await using var file = File.OpenRead(photo);
        var opened = await client.Sessions.OpenAsync(file, cancellationToken: cancellationToken);
        var session = opened.Session.Session;
        var restored = await client.Sessions.RestoreAsync(session, "<restore>", cancellationToken: cancellationToken);
        if (restored.Run is { Stage: RunStage.Completed })
        {
            await using var output = File.Create(result);
            await client.Sessions.DownloadVersionAsync(session, restored.Reply.VersionId!, output, "tiff", 16, cancellationToken);
        }
        // end

        Assert.True(new FileInfo(result).Length > 0);
    }

    [Fact]
    public async Task Example_Message()
    {
        var (session, mask) = (await SessionAsync(), Picture("mask.png"));

        // example: message
        await using var area = File.OpenRead(mask);
        var message = new MessageOrder("<refine> less noise", new RestorationSettings(Seed: 7)) { Mask = area, Feather = 8 };
        var reply = await client.Sessions.SendAsync(session, message, idempotencyKey: "order-4711", cancellationToken);
        if (reply.Outcome == TurnOutcome.RunStarted)
            await client.Runs.WaitAsync(reply.RunId!, cancellationToken: cancellationToken);
        // end

        Assert.Equal(TurnOutcome.RunStarted, reply.Outcome);
    }

    [Fact]
    public async Task Example_Events()
    {
        var session = await SessionAsync();
        var seen = 0L;
        await client.Sessions.RestoreAsync(session, cancellationToken: cancellationToken);

        // example: events
        await foreach (var notice in client.Sessions.WatchAsync(session, fromSequence: 1, cancellationToken))
        {
            if (notice.Progress is { } progress)
                Console.Write($"{progress.Fraction:P0} ");
            if (notice.Event is { } happened)
                seen = happened.Sequence;                                   // keep it: later go on from seen + 1
            if (notice.Event?.Kind is SessionEventKind.VersionReady or SessionEventKind.RunFailed)
                break;
        }
        // end

        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task Example_Versions()
    {
        var session = await SessionAsync();
        await client.Sessions.RestoreAsync(session, cancellationToken: cancellationToken);

        // example: versions
        var list = await client.Sessions.ListVersionsAsync(session, cancellationToken);
        var (source, restored) = (list.Versions[0].Id, list.CurrentVersionId);
        var comparison = await client.Sessions.CompareAsync(session, source, restored, cancellationToken);
        await client.Sessions.UndoAsync(session, cancellationToken: cancellationToken);
        await client.Sessions.CheckoutAsync(session, restored, cancellationToken: cancellationToken);
        var again = await client.Sessions.ReplayAsync(session, restored, seed: 8, cancellationToken: cancellationToken);
        // end

        Assert.Equal(source, comparison.CommonAncestorId);
        await client.Runs.WaitAsync(again.RunId!, cancellationToken: cancellationToken);
    }

    [Fact]
    public async Task Example_Run()
    {
        var (photo, result) = (Picture("photo.png"), Path.Combine(folder, "restored.png"));

        // example: run
        await using var file = File.OpenRead(photo);
        var image = await client.Images.UploadAsync(file, cancellationToken: cancellationToken);
        var run = await client.Runs.StartAsync(new RunOrder(image.Hash), cancellationToken: cancellationToken);
        var ended = await client.Runs.WaitAsync(run.RunId, cancellationToken: cancellationToken);
        await using var output = File.Create(result);
        await client.Images.DownloadAsync(ended.Result!.Hash, output, cancellationToken);
        // end

        Assert.Equal(ended.Result.SizeBytes, output.Length);
    }

    [Fact]
    public async Task Example_Job()
    {
        var (photos, results) = (folder, Path.Combine(folder, "results.zip"));
        Picture("one.png");

        // example: job
        var files = Directory.EnumerateFiles(photos, "*.png").Select(path => JobFile.FromPath(path));
        var job = await client.Jobs.StartAsync(files, new JobOrder(Concurrency: 4), cancellationToken: cancellationToken);
        await foreach (var status in client.Jobs.WatchAsync(job.JobId, cancellationToken))
            Console.Write($"{status.Settled} of {status.Total} ");
        await foreach (var result in client.Jobs.ResultsAsync(job.JobId, cancellationToken))
        {
            if (result.Outcome == JobItemOutcome.Quarantined)
                Console.Write($"{result.Name}: {result.Error?.Message}");
        }

        await using var output = File.Create(results);
        await client.Jobs.DownloadResultsAsync(job.JobId, output, cancellationToken);
        // end

        Assert.True(output.Length > 0);
    }

    [Fact]
    public async Task Example_Uploads()
    {
        var photo = Picture("photo.png");

        // example: uploads
        await using var file = File.OpenRead(photo);
        await client.Uploads.PutAsync("trip/photo.png", file, cancellationToken);
        var job = await client.Jobs.StartFromPrefixAsync("trip/", cancellationToken: cancellationToken);
        await client.Jobs.PauseAsync(job.JobId, cancellationToken);
        await client.Jobs.ResumeAsync(job.JobId, cancellationToken);
        var ended = await client.Jobs.WaitAsync(job.JobId, cancellationToken: cancellationToken);
        if (ended.Quarantined > 0)
            await client.Jobs.RetryAsync(job.JobId, cancellationToken: cancellationToken);
        // end

        Assert.Equal(1, ended.Completed);
    }

    [Fact]
    public async Task Example_Account()
    {
        // example: account
        var usage = await client.GetUsageAsync(cancellationToken);
        var pipelines = await client.ListPipelinesAsync(cancellationToken);
        var checkpoints = await client.ListCheckpointsAsync(cancellationToken);
        var cluster = await client.GetClusterAsync(cancellationToken);          // operators only
        Console.Write($"{usage.Status.Today.Images} pictures today, {cluster.Silos.Length} silos, {pipelines.Length} pipelines, {checkpoints.Length} checkpoints");
        // end
    }

    [Fact]
    public async Task Example_Errors()
    {
        string? told = null;

        // example: errors
        try
        {
            await client.Sessions.SendAsync("no-such-session", "hello", cancellationToken: cancellationToken);
        }
        catch (DarkroomHttpException error) when (error.Code == "not-found")
        {
            told = $"{(int?)error.Status} {error.Title} {error.Detail}";
        }
        catch (DarkroomHttpException error) when (error.IsTransient)
        {
            told = $"later: {error.RetryAfter}";                                // the client has tried again already
        }
        // end

        Assert.StartsWith("404 ", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Document_Examples_AreThoseThatAreRunHere()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
            root = Path.GetDirectoryName(root)!;
        var source = File.ReadAllText(Path.Combine(root, "tests", "Gateway", "Client", "ClientExampleTests.cs"));
        var document = File.ReadAllText(Path.Combine(root, "docs", "client.md"));

        var run = Run().Matches(source).ToDictionary(match => match.Groups["name"].Value, match => Dedent(match.Groups["code"].Value));
        var told = Told().Matches(document).ToDictionary(match => match.Groups["name"].Value, match => Dedent(match.Groups["code"].Value));

        Assert.Equal(10, run.Count);
        Assert.Equal(run.Keys.Order(StringComparer.Ordinal), told.Keys.Order(StringComparer.Ordinal));
        Assert.All(run, example => Assert.Equal(example.Value, told[example.Key]));
        Assert.Equal(told.Count, Regex.Count(document, "```csharp"));
    }

    [GeneratedRegex(@"// example: (?<name>\w+)\n(?<code>.*?)\n *// end\n", RegexOptions.Singleline)]
    private static partial Regex Run();

    [GeneratedRegex(@"<!-- example: (?<name>\w+) -->\n```csharp\n(?<code>.*?)\n```\n", RegexOptions.Singleline)]
    private static partial Regex Told();

    private static string Dedent(string code)
    {
        var lines = code.Split('\n');
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
    }

    private string Picture(string name)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, TestPictures.Png().ToArray());
        return path;
    }

    private async Task<string> SessionAsync()
    {
        using var picture = TestPictures.Png();
        return (await client.Sessions.OpenAsync(picture, cancellationToken: cancellationToken)).Session.Session;
    }
}
