using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Reads all instruments when it is asked, and writes them as text.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly SemaphoreSlim _one = new(1);
    private bool _isOpenMetrics;
    private byte[]? _text;

    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects once; callers take turns.</summary>
    /// <returns>The text, or null if it failed.</returns>
    public async Task<byte[]?> CollectAsync(bool isOpenMetrics, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            (_isOpenMetrics, _text) = (isOpenMetrics, null);
            return Collect?.Invoke(Timeout.Infinite) == true ? _text ?? [] : null;
        }
        finally
        {
            _one.Release();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch)
            metrics.Add(metric);
        var writer = new PrometheusText(_isOpenMetrics);
        writer.Write(ParentProvider.GetResource());
        // The lines of a name stand together, also where several meters have it.
        foreach (var family in metrics.Select(metric => new PrometheusFamily(metric)).GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
            writer.Write(family.First(), family.Select(one => one.Metric));
        _text = Encoding.UTF8.GetBytes(writer.End());
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _one.Dispose();
        base.Dispose(disposing);
    }
}
