using Darkroom.Gateway.Audit;
using Darkroom.Gateway.Cluster;
using Darkroom.Gateway.Idempotency;
using Darkroom.Gateway.Identity;
using Darkroom.Gateway.Images;
using Darkroom.Gateway.Jobs;
using Darkroom.Gateway.Json;
using Darkroom.Gateway.Limits;
using Darkroom.Gateway.OpenAi;
using Darkroom.Gateway.Page;
using Darkroom.Gateway.Problems;
using Darkroom.Gateway.Runs;
using Darkroom.Gateway.Safety;
using Darkroom.Gateway.Sessions;
using Darkroom.Gateway.Streams;
using Darkroom.Gateway.Telemetry;
using Darkroom.Gateway.Uploads;
using Darkroom.Silo;
using Darkroom.Silo.Clustering;
using Darkroom.Silo.Management;
using Darkroom.Silo.Secrets;
using Darkroom.Silo.Telemetry;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway;

/// <summary>The process that serves the API and the page, with the cluster in it.</summary>
internal static class GatewayHost
{
    private const string PreviewKey = "Run:PreviewEverySteps";
    private const string PreviewEverySteps = "4";

    /// <summary>Runs until Ctrl-C or SIGTERM.</summary>
    /// <returns>The exit code: 2 where the configuration is wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            if (UpArguments.FaultOf(arguments) is { } fault)
                throw new GatewayStartException(fault);
            await using var host = Build(arguments);
            await host.StartAsync();
            await Console.Out.WriteLineAsync($"Darkroom listens on {string.Join(" and ", host.Urls)} (Ctrl-C stops it; runs under way go on when it is started again)");
            await host.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception error) when (error is OptionsValidationException or GatewayStartException or ClusteringException or SecretFilesException or IOException)
        {
            await Console.Error.WriteLineAsync($"darkroom: {error.Message}");
            return 2;
        }
    }

    /// <summary>Builds the host; configuration comes from <c>appsettings.json</c>, the environment, the arguments and the files of <c>DARKROOM_SECRETS</c>, the last one first.</summary>
    /// <param name="arguments">Command-line arguments.</param>
    /// <param name="configure">What else to do to the host before it is built.</param>
    /// <param name="addCluster">How the silos are reached, or null: as the configuration says.</param>
    public static WebApplication Build(string[] arguments, Action<WebApplicationBuilder>? configure = null, Action<WebApplicationBuilder>? addCluster = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(arguments, UpArguments.Switches);
        builder.Configuration.AddSecretFiles();
        // People look on here: what they wait for is shown as it becomes. The configuration may say otherwise.
        if (string.IsNullOrEmpty(builder.Configuration[PreviewKey]))
            builder.Configuration[PreviewKey] = PreviewEverySteps;
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddManagement(defaultPort: null);
        if (addCluster is null)
            builder.AddCluster();
        else
            addCluster(builder);
        configure?.Invoke(builder);
        builder.AddGateway();
        var host = builder.Build();
        host.UseGateway();
        return host;
    }

    private static void AddCluster(this WebApplicationBuilder builder)
    {
        var cluster = SiloClustering.ReadOptions(builder.Configuration);
        var isClient = builder.Configuration[$"{GatewayOptions.SectionName}:{nameof(GatewayOptions.Silos)}"] == "0";
        if (isClient && !cluster.IsClustered)
        {
            throw new GatewayStartException(
                $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.Silos)} is 0, so the silos are other processes, but {SiloClusterOptions.SectionName}:{nameof(SiloClusterOptions.ConnectionString)} does not say how to find them.");
        }

        if (isClient)
            builder.AddClusterClient(cluster);
        else if (cluster.IsClustered)
            builder.AddClusteredSilo(cluster);
        else
            builder.AddSilos();
    }

    private static void AddSilos(this WebApplicationBuilder builder)
    {
        var port = EmbeddedCluster.FreePort();
        EmbeddedCluster.AddTo(builder, new EmbeddedClusterOptions { SiloPort = port });
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<MoreSilos>(services, port));
    }

    private static void AddGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ListenOptions>().BindConfiguration(ListenOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        builder.WebHost.ConfigureKestrel((_, kestrel) => kestrel.ApplyLimits());
        services.ConfigureHttpJsonOptions(json => GatewayJson.Apply(json.SerializerOptions));
        services.AddHttpContextAccessor();
        services.AddScoped<Caller>();
        services.AddScoped<PictureIntake>();
        services.AddScoped<JobIntake>();
        services.AddScoped<OnceOnly>();
        services.AddSingleton<ReplySweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<ReplySweeper>());
        services.AddSingleton<EventStreams>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => ProblemTypes.Complete(context.ProblemDetails));
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.AddApiDescription();
        services.AddRateLimits();
        services.AddRequestForgeryChecks();
        builder.AddIdentity();
    }

    private static void UseGateway(this WebApplication host)
    {
        var options = host.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        host.UseRequestSpans();
        host.UseMiddleware<LateRequests>();
        host.UseSecurityHeaders();
        host.UseExceptionHandler();
        host.UseStatusCodePages();
        host.UseAuthentication();
        host.UseRateLimiter();
        host.UseRequestForgeryChecks();
        host.UseAuthorization();
        host.MapOpenApi("/openapi/{documentName}.json");
        foreach (var health in ManagementEndpoint.Health)
            host.MapMethods(health.Path, [HttpMethods.Get, HttpMethods.Head], context => health.AnswerAsync(context.RequestServices, context)).DisableRateLimiting().ExcludeFromDescription();
        host.MapDarkroomMetrics().RequireAuthorization(Caller.Operator);
        var api = host.MapGroup("/v1").RequireAuthorization().DoOnce();
        api.MapSessions(options);
        api.MapRuns();
        api.MapImages(options);
        api.MapEdits(options);
        api.MapJobs(options);
        api.MapUploads(options);
        api.MapCluster();
        api.MapIdentity();
        api.MapAudit();
        host.UsePage();
    }
}
