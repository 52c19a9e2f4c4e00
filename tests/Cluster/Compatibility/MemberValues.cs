using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Darkroom.Tests.Cluster.Compatibility;

/// <summary>What a value says, member by member, whatever format it was written in.</summary>
internal static class MemberValues
{
    /// <summary>Takes a value apart: serialized members by name, all else as text.</summary>
    public static JsonNode? Of(object? value) => value switch
    {
        null => null,
        string text => text,
        Enum number => Convert.ToInt64(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IDictionary pairs => new JsonObject(pairs.Keys.Cast<object>().Select(key => KeyValuePair.Create(key.ToString()!, Of(pairs[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Of)]),
        Exception error => Members(error, KeyValuePair.Create<string, JsonNode?>(nameof(Exception.Message), error.Message)),
        _ when value.GetType().IsDefined(typeof(GenerateSerializerAttribute), false) => Members(value),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool => value.ToString(),
        _ => throw new NotSupportedException($"Values of {value.GetType()} cannot be compared; say how in {nameof(MemberValues)}."),
    };

    /// <summary>Lists what was said and is not any more; what is new is no difference.</summary>
    public static IEnumerable<string> Lost(JsonNode? before, JsonNode? now, string place)
    {
        switch (before, now)
        {
            case (JsonObject had, JsonObject has):
                return had.SelectMany(pair => has.TryGetPropertyValue(pair.Key, out var value) ? Lost(pair.Value, value, $"{place}.{pair.Key}") : [$"{place}.{pair.Key} is not there"]);
            case (JsonArray had, JsonArray has) when had.Count == has.Count:
                return had.SelectMany((value, i) => Lost(value, has[i], $"{place}[{i}]"));
            default:
                return JsonNode.DeepEquals(before, now) ? [] : [$"{place} was {before?.ToJsonString() ?? "null"} and is {now?.ToJsonString() ?? "null"}"];
        }
    }

    private static JsonObject Members(object value, params KeyValuePair<string, JsonNode?>[] more) =>
        new(ContractSchema.Members(value.GetType()).Select(property => KeyValuePair.Create(property.Name, Of(property.GetValue(value)))).Concat(more));
}
