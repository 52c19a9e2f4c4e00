using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Darkroom.Bench.Imaging;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Bench.Dashboard;

/// <summary>People who come and go: their number rises and falls, and some of what they send is no picture.</summary>
/// <param name="http">The gateway.</param>
internal sealed class DashboardLoad(HttpClient http)
{
    private const int MostPeople = 6;
    private const int Side = 128;
    private int restored;

    /// <summary>Loads the gateway.</summary>
    /// <returns>How many pictures were restored.</returns>
    public async Task<int> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var people = Enumerable.Range(0, MostPeople).Select(number => VisitAsync(number, duration, end.Token)).ToList();
        await Task.WhenAll(people);
        return restored;
    }

    // Each comes a little later than the one before, and leaves a little earlier.
    private async Task VisitAsync(int number, TimeSpan duration, CancellationToken cancellationToken)
    {
        var share = number / (double)(2 * MostPeople);
        await Task.Delay(duration * share, cancellationToken);
        using var stay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stay.CancelAfter(duration * (1 - (2 * share)));
        var file = ImageEncoder.Encode(BenchPictures.Draw(Side, Side), ImageFormat.Png);
        try
        {
            using var opened = await http.PostAsJsonAsync("/v1/images", new { image = file }, stay.Token);
            var hash = (string)(await opened.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(stay.Token))!["hash"]!;
            for (ulong seed = 0; ; seed++)
            {
                await RestoreAsync(hash, seed, stay.Token);
                if (seed % 10 == 9)
                    (await http.PostAsJsonAsync("/v1/images", new { image = "bm8gcGljdHVyZQ==" }, stay.Token)).Dispose();
                await Task.Delay(TimeSpan.FromMilliseconds(100 * (1 + number)), stay.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The visit is over.
        }
    }

    private async Task RestoreAsync(string hash, ulong seed, CancellationToken cancellationToken)
    {
        using var started = await http.PostAsJsonAsync("/v1/runs", new { imageHash = hash, kind = "refine", words = "less noise", settings = new { seed } }, cancellationToken);
        // The stream ends with the run.
        using var response = await http.GetAsync($"{started.EnsureSuccessStatusCode().Headers.Location}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        Interlocked.Increment(ref restored);
    }
}
