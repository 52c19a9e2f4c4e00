using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Writes metrics as OpenMetrics, with exemplars, or in Prometheus' older text format.</summary>
internal sealed class PrometheusText(bool isOpenMetrics)
{
    private const string ScopeLabel = "otel_scope_name";
    private readonly StringBuilder _text = new();

    public void Write(Resource resource)
    {
        var name = isOpenMetrics ? "target" : "target_info";
        _text.Append($"# TYPE {name} {(isOpenMetrics ? "info" : "gauge")}\n# HELP {name} Target metadata\n");
        _text.Append("target_info{").AppendJoin(',', resource.Attributes.Select(pair => Label(pair.Key, pair.Value))).Append("} 1\n");
    }

    public void Write(PrometheusFamily family, IEnumerable<Metric> metrics)
    {
        var name = family.IsCounter && !isOpenMetrics ? $"{family.Name}_total" : family.Name;
        _text.Append($"# TYPE {name} {family.Type}\n");
        if (isOpenMetrics && family.Unit.Length > 0)
            _text.Append($"# UNIT {name} {family.Unit}\n");
        _text.Append($"# HELP {name} {Escape(family.Metric.Description, isQuoted: isOpenMetrics)}\n");
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = new StringBuilder(Label(ScopeLabel, metric.MeterName));
                foreach (var tag in point.Tags)
                    labels.Append(',').Append(Label(tag.Key, tag.Value));
                if (family.Type == "histogram")
                    WriteHistogram(family.Name, labels.ToString(), in point);
                else
                    WriteNumber(family, labels.ToString(), in point);
            }
        }
    }

    public string End() => isOpenMetrics ? _text.Append("# EOF\n").ToString() : _text.ToString();

    private void WriteNumber(PrometheusFamily family, string labels, in MetricPoint point)
    {
        var value = family.Metric.MetricType switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            _ => point.GetGaugeLastValueDouble(),
        };
        _text.Append($"{family.Name}{(family.IsCounter ? "_total" : "")}{{{labels}}} {Number(value)}");
        if (family.IsCounter)
            WriteExemplar(in point, double.NegativeInfinity, double.PositiveInfinity, isLong: family.Metric.MetricType == MetricType.LongSum);
        _text.Append('\n');
    }

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        var count = 0L;
        var below = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            _text.Append($"{name}_bucket{{{labels},le=\"{Bound(bucket.ExplicitBound)}\"}} {count.ToString(CultureInfo.InvariantCulture)}");
            WriteExemplar(in point, below, bucket.ExplicitBound, isLong: false);
            _text.Append('\n');
            below = bucket.ExplicitBound;
        }

        _text.Append($"{name}_sum{{{labels}}} {Number(point.GetHistogramSum())}\n");
        _text.Append($"{name}_count{{{labels}}} {point.GetHistogramCount().ToString(CultureInfo.InvariantCulture)}\n");
    }

    // The newest measurement within the bounds that was taken inside a trace.
    private void WriteExemplar(in MetricPoint point, double above, double upTo, bool isLong)
    {
        if (!isOpenMetrics || !point.TryGetExemplars(out var exemplars))
            return;
        Exemplar? newest = null;
        foreach (ref readonly var exemplar in exemplars)
        {
            if (exemplar.TraceId != default && ValueOf(exemplar) is var value && value > above && value <= upTo && !(newest?.Timestamp > exemplar.Timestamp))
                newest = exemplar;
        }

        if (newest is { } found)
        {
            var time = (found.Timestamp.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
            _text.Append($" # {{trace_id=\"{found.TraceId}\",span_id=\"{found.SpanId}\"}} {Number(ValueOf(found))} {time}");
        }

        double ValueOf(in Exemplar exemplar) => isLong ? exemplar.LongValue : exemplar.DoubleValue;
    }

    private static string Label(string key, object? value)
    {
        var text = value switch
        {
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        return $"{PrometheusFamily.Sanitize(key)}=\"{Escape(text, isQuoted: true)}\"";
    }

    private static string Escape(string text, bool isQuoted)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isQuoted ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    // OpenMetrics writes the bounds of buckets as numbers with a fraction.
    private string Bound(double bound)
    {
        var text = Number(bound);
        return isOpenMetrics && text.All(letter => char.IsAsciiDigit(letter) || letter == '-') ? $"{text}.0" : text;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
