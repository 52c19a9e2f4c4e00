using Darkroom.Tests.Gateway.Support;

namespace Darkroom.Tests.Gateway.Telemetry;

/// <summary>A gateway that sends its telemetry to a stub, and whose tenant is of a class of its own.</summary>
public class TelemetryApp : GatewayApp
{
    public const string ServiceName = "darkroom-tested";

    internal OtlpStub Collector { get; private set; } = null!;

    protected override IEnumerable<string> Arguments =>
    [
        $"--OTEL_EXPORTER_OTLP_ENDPOINT={Collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        $"--OTEL_SERVICE_NAME={ServiceName}", "--OTEL_METRIC_EXPORT_INTERVAL=200", "--OTEL_BSP_SCHEDULE_DELAY=100", "--OTEL_BLRP_SCHEDULE_DELAY=100",
    ];

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Tenant:Overrides:local:Class", "gold"), new("Logging:OpenTelemetry:LogLevel:Darkroom", "Information"),
    ];

    public override async ValueTask InitializeAsync()
    {
        Collector = await OtlpStub.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Collector.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
