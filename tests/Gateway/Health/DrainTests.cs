using System.Net;
using System.Text.Json.Nodes;
using Darkroom.Silo;
using Darkroom.Silo.Management;
using Darkroom.Tests.Gateway.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Darkroom.Tests.Gateway.Health;

public sealed class DrainTests
{
    [Fact]
    public async Task Stop_SaysItIsNotReady_AndServesOn()
    {
        await using var app = new WatchedApp();
        await app.InitializeAsync();
        using var noMoreDelay = new CancellationTokenSource();

        var stopping = app.StopAsync(noMoreDelay.Token);

        var ready = await app.Http.GetAsync("/healthz/ready").JsonAsync(503);
        Assert.Equal("stopping", (string?)ready["status"]);
        await app.Http.GetAsync("/healthz/live").JsonAsync();
        await app.Http.GetAsync("/v1/me").JsonAsync();
        await noMoreDelay.CancelAsync();
        await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Assert.ThrowsAsync<HttpRequestException>(() => app.Http.GetAsync("/v1/me"));
    }

    [Fact]
    public async Task Silo_AnswersOnItsPort_UntilItHasDrained()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"darkroom-silo-{Guid.NewGuid():N}");
        using (var host = SiloHost.Build([.. Settings(folder), "--Management:Port=0"]))
        {
            var management = host.Services.GetRequiredService<ManagementListener>();
            await host.StartAsync();
            using var http = new HttpClient { BaseAddress = management.Address };
            Assert.True(IPAddress.IsLoopback(IPAddress.Parse(management.Address!.Host)));
            foreach (var probe in (string[])["live", "ready", "startup"])
                await http.GetAsync($"/healthz/{probe}").JsonAsync();
            foreach (var (method, path, status) in ((HttpMethod, string, int)[])[(HttpMethod.Get, "/v1/sessions", 404), (HttpMethod.Post, "/healthz/live", 405)])
            {
                using var refused = await http.SendAsync(new HttpRequestMessage(method, path));
                Assert.Equal(status, (int)refused.StatusCode);
            }

            var metrics = await http.GetStringAsync("/metrics");
            Assert.Contains("darkroom_device_available{", metrics, StringComparison.Ordinal);
            Assert.Contains("service_name=\"", metrics, StringComparison.Ordinal);
            // What is first starts first and stops last; only the telemetry is around it.
            Assert.Same(management, host.Services.GetServices<IHostedService>().First(service => service.GetType().Namespace?.StartsWith("OpenTelemetry", StringComparison.Ordinal) != true));
            JsonNode? last = null;
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => last = Wait(http.GetAsync("/healthz/ready").JsonAsync(503)));
            await host.StopAsync();
            Assert.Equal("stopping", (string?)last?["status"]);
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("/healthz/live"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Silo_PortInUse_SaysWhichSettingHelps()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = Path.Combine(Path.GetTempPath(), $"darkroom-silo-{Guid.NewGuid():N}");
        using var host = SiloHost.Build([.. Settings(folder), $"--Management:Port={((IPEndPoint)taken.LocalEndpoint).Port}"]);

        var error = await Assert.ThrowsAsync<IOException>(() => host.StartAsync());

        Assert.Contains("Management:Port", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Management:Port=70000")]
    [InlineData("--Management:Address=everywhere")]
    [InlineData("--Management:DrainDelay=00:00:30")]
    public void Silo_WithASettingThatIsNotAllowed_IsRefused(string setting)
    {
        var error = Assert.Throws<OptionsValidationException>(() => SiloHost.Build([setting]));

        Assert.Contains(setting.Split(':', '=')[1], error.Message, StringComparison.Ordinal);
    }

    private static string[] Settings(string folder) => [$"--BlobStore:Folder={folder}", "--Device:Threads=1", "--Device:ProfileTime=00:00:00", "--Logging:LogLevel:Default=Error"];

    // The stop goes on when the callback returns.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
