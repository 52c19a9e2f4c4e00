using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Darkroom.Tests.Cluster.Operator.Support;

/// <summary>Evaluates the part of CEL that the definitions use: comparisons, logic, has, size, and the methods of strings. Whatever else a rule has is an error.</summary>
/// <remarks>Not evaluated: types before a value is there, and the estimate of a rule's cost, by which an API server refuses definitions.</remarks>
internal sealed partial class CelRule
{
    private readonly List<string> tokens;
    private readonly JsonNode? self;
    private readonly JsonNode? oldSelf;
    private int place;

    private CelRule(string rule, JsonNode? self, JsonNode? oldSelf) =>
        (tokens, this.self, this.oldSelf) = (Split(rule), self, oldSelf);

    /// <summary>Tells whether a rule holds.</summary>
    public static bool IsTrue(string rule, JsonNode? self, JsonNode? oldSelf)
    {
        var cel = new CelRule(rule, self, oldSelf);
        var value = cel.Or(isNeeded: true);
        if (cel.place != cel.tokens.Count)
            throw new InvalidDataException($"The rule '{rule}' has '{cel.tokens[cel.place]}' where it should end.");
        return Truth(value);
    }

    [GeneratedRegex("""\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d+|[A-Za-z_]\w*|&&|\|\||==|!=|<=|>=|[<>!().,\[\]])\s*""")]
    private static partial Regex Token();

    private static List<string> Split(string rule)
    {
        var found = new List<string>();
        for (var at = 0; at < rule.Length;)
        {
            var match = Token().Match(rule, at);
            if (!match.Success || match.Index != at)
                throw new InvalidDataException($"The rule '{rule}' has something at {at} that is not evaluated here.");
            found.Add(match.Groups[1].Value);
            at += match.Length;
        }

        return found;
    }

    private static bool Truth(object? value) => value is bool truth ? truth : throw new InvalidDataException($"'{value}' is no truth value.");

    // What is not needed is read and not evaluated: 'has(self.a) && self.a.b' is right when there is no a.
    private object? Or(bool isNeeded)
    {
        var left = And(isNeeded);
        while (Take("||"))
        {
            var isRightNeeded = isNeeded && !Truth(left);
            var right = And(isRightNeeded);
            left = isRightNeeded ? Truth(right) : left;
        }

        return left;
    }

    private object? And(bool isNeeded)
    {
        var left = Compare(isNeeded);
        while (Take("&&"))
        {
            var isRightNeeded = isNeeded && Truth(left);
            var right = Compare(isRightNeeded);
            left = isRightNeeded ? Truth(right) : left;
        }

        return left;
    }

    private object? Compare(bool isNeeded)
    {
        var left = Unary(isNeeded);
        foreach (var sign in (string[])["==", "!=", "<=", ">=", "<", ">"])
        {
            if (!Take(sign))
                continue;
            var right = Unary(isNeeded);
            if (!isNeeded)
                return null;
            return sign switch
            {
                "==" => AreEqual(left, right),
                "!=" => !AreEqual(left, right),
                "<=" => Number(left) <= Number(right),
                ">=" => Number(left) >= Number(right),
                "<" => Number(left) < Number(right),
                _ => Number(left) > Number(right),
            };
        }

        return left;
    }

    private object? Unary(bool isNeeded)
    {
        if (!Take("!"))
            return Postfix(isNeeded);
        var value = Unary(isNeeded);
        return isNeeded ? !Truth(value) : null;
    }

    private object? Postfix(bool isNeeded)
    {
        var value = Primary(isNeeded);
        while (Take("."))
        {
            var name = tokens[place++];
            if (!Take("("))
            {
                value = isNeeded ? Field(value, name) : null;
                continue;
            }

            var argument = Or(isNeeded);
            Expect(")");
            value = isNeeded ? Call((string)Plain(value)!, name, (string)Plain(argument)!) : null;
        }

        return value;
    }

    private object? Primary(bool isNeeded)
    {
        var token = tokens[place++];
        if (token == "(")
        {
            var value = Or(isNeeded);
            Expect(")");
            return value;
        }

        if (token[0] is '\'' or '"')
            return token[1..^1].Replace("\\\\", "\\", StringComparison.Ordinal);
        if (char.IsAsciiDigit(token[0]))
            return decimal.Parse(token, CultureInfo.InvariantCulture);
        // As objects: a truth value must not become a node.
        return token switch
        {
            "true" => (object)true,
            "false" => false,
            "self" => self,
            "oldSelf" => oldSelf ?? throw new InvalidDataException("A rule asks for oldSelf where there is none."),
            "has" => Has(isNeeded),
            "size" => Size(isNeeded),
            _ => throw new InvalidDataException($"'{token}' is not evaluated here."),
        };
    }

    private bool Has(bool isNeeded)
    {
        Expect("(");
        object? value = tokens[place++] == "self" ? self : oldSelf;
        var names = new List<string>();
        while (Take("."))
            names.Add(tokens[place++]);
        Expect(")");
        if (!isNeeded)
            return false;
        foreach (var name in names.SkipLast(1))
            value = Field(value, name);
        return value is JsonObject fields && fields.ContainsKey(names[^1]);
    }

    private decimal Size(bool isNeeded)
    {
        Expect("(");
        var value = Or(isNeeded);
        Expect(")");
        if (!isNeeded)
            return 0;
        return Plain(value) switch
        {
            string text => text.EnumerateRunes().Count(),
            JsonArray items => items.Count,
            JsonObject fields => fields.Count,
            var other => throw new InvalidDataException($"'{other}' has no size."),
        };
    }

    private static JsonNode? Field(object? value, string name) => value is JsonObject fields && fields.TryGetPropertyValue(name, out var field)
        ? field
        : throw new InvalidDataException($"no such key: {name}");

    private static bool Call(string text, string name, string argument) => name switch
    {
        "startsWith" => text.StartsWith(argument, StringComparison.Ordinal),
        "endsWith" => text.EndsWith(argument, StringComparison.Ordinal),
        "contains" => text.Contains(argument, StringComparison.Ordinal),
        "matches" => Regex.IsMatch(text, argument, RegexOptions.NonBacktracking),
        _ => throw new InvalidDataException($"'{name}' is not evaluated here."),
    };

    private static object? Plain(object? value) => value is JsonValue node
        ? node.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => node.GetValue<string>(),
            System.Text.Json.JsonValueKind.Number => node.GetValue<decimal>(),
            System.Text.Json.JsonValueKind.True => true,
            System.Text.Json.JsonValueKind.False => false,
            _ => null,
        }
        : value;

    private static bool AreEqual(object? left, object? right) => left is JsonObject or JsonArray
        ? JsonNode.DeepEquals((JsonNode)left, right as JsonNode)
        : Equals(Plain(left), Plain(right));

    private static decimal Number(object? value) => Plain(value) is decimal number ? number : throw new InvalidDataException($"'{value}' is no number.");

    private bool Take(string token)
    {
        if (place >= tokens.Count || tokens[place] != token)
            return false;
        place++;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw new InvalidDataException($"'{token}' is missing in a rule.");
    }
}
