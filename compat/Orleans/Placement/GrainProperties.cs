using System.Collections.Immutable;

namespace Orleans.Metadata;

/// <summary>What is known of a grain type, as text.</summary>
public sealed class GrainProperties
{
    public GrainProperties(ImmutableDictionary<string, string> values) => Properties = values;

    public ImmutableDictionary<string, string> Properties { get; }
}
