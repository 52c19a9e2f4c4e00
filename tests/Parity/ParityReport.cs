using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace Darkroom.Tests.Parity;

/// <summary>Collects the largest error of each comparison and prints them as a table beside the test's output.</summary>
internal static class ParityReport
{
    private static readonly ConcurrentDictionary<(string Fixture, string Key), string> Rows = new();

    public static void Add(string fixture, string key, double worst, double allowed, double largestValue)
    {
        var row = string.Create(CultureInfo.InvariantCulture,
            $"| {fixture} | {key} | {worst:E1} | {allowed:E1} | {largestValue:G3} |");
        Rows[(fixture, key)] = row;
        TestContext.Current.TestOutputHelper?.WriteLine(row);
    }
}
