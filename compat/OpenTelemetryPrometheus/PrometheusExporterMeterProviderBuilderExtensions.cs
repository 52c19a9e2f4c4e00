using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Exporter.Prometheus;

namespace OpenTelemetry.Metrics;

/// <summary>Adds what Prometheus reads to a meter provider.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services => services.TryAddSingleton<PrometheusExporter>())
            .AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>()));
    }
}
