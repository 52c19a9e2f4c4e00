using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>A metric by the name and type that Prometheus gives it.</summary>
/// <remarks>OpenTelemetry's rules: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/.</remarks>
internal sealed class PrometheusFamily
{
    private static readonly Dictionary<string, string> s_units = new()
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["%"] = "percent", ["1"] = "",
    };

    public PrometheusFamily(Metric metric)
    {
        Metric = metric;
        Unit = UnitOf(metric.Unit);
        Name = Sanitize(metric.Name);
        if (Unit.Length > 0 && !Name.EndsWith($"_{Unit}", StringComparison.Ordinal))
            Name += $"_{Unit}";
        Type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram => "histogram",
            MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
            _ => throw new NotSupportedException($"{metric.Name} is of the type {metric.MetricType}, which this stand-in does not write."),
        };
    }

    public Metric Metric { get; }

    /// <summary>Gets the name without what the type adds.</summary>
    public string Name { get; }

    public string Unit { get; }

    public string Type { get; }

    public bool IsCounter => Type == "counter";

    /// <summary>Turns what is not allowed in a name into underscores.</summary>
    public static string Sanitize(string name) =>
        string.Concat(name.Select((letter, index) => char.IsAsciiLetter(letter) || letter == '_' || (index > 0 && char.IsAsciiDigit(letter)) ? letter : '_'));

    private static string UnitOf(string unit)
    {
        // What stands in braces is a remark.
        for (int open; (open = unit.IndexOf('{', StringComparison.Ordinal)) >= 0 && unit.IndexOf('}', open) is >= 0 and var close;)
            unit = unit.Remove(open, close - open + 1);
        var parts = unit.Split('/', 2);
        var of = s_units.GetValueOrDefault(parts[0], parts[0]);
        return parts.Length == 1 ? Sanitize(of) : $"{Sanitize(of)}_per_{Sanitize(s_units.GetValueOrDefault(parts[1], parts[1]).TrimEnd('s'))}".Trim('_');
    }
}
