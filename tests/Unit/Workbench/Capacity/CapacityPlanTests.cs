using System.Text.Json.Nodes;
using Darkroom.Workbench.Capacity;
using Xunit;

namespace Darkroom.Tests.Unit.Workbench.Capacity;

public sealed class CapacityPlanTests
{
    private const string Good = """
        {
          "pipelines": [{"name": "p", "steps": 50, "pictures": [{"tiles": 1, "share": 3}, {"tiles": 6, "share": 1}], "beforeSeconds": 0.1}],
          "pools": [{"name": "gpu", "devices": 2, "costPerHour": 3, "pipelines": [{"pipeline": "p", "passes": [{"rows": 1, "seconds": 0.03}, {"rows": 4, "seconds": 0.06}, {"rows": 8, "seconds": 0.11}]}]}],
          "streams": [{"name": "people", "pipeline": "p", "sessions": 10}, {"name": "jobs", "pipeline": "p", "priority": "batch", "imagesPerHour": 100}],
          "seed": 3 // whatever
        }
        """;

    [Fact]
    public void Parse_Good_IsReadAndWrittenTheSame()
    {
        var plan = CapacityPlan.Parse(Good);

        Assert.Equal((2, 3600, 3), (plan.Pools[0].Devices, plan.DurationSeconds, plan.Seed));
        Assert.Equal(plan.Write(), CapacityPlan.Parse(plan.Write()).Write());
        Assert.Equal((20, 200.0), (plan.Scaled(2).Streams[0].Sessions, plan.Scaled(2).Streams[1].ImagesPerHour));
    }

    [Fact]
    public void Documents_Plans_AreRead()
    {
        var plans = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "docs", "capacity"), "*.json");

        Assert.NotEmpty(plans);
        Assert.All(plans, path => CapacityPlan.Parse(File.ReadAllText(path)));
    }

    [Fact]
    public void Times_BetweenAndBeyondTheMeasured_AreStraight()
    {
        var times = CapacityPlan.Parse(Good).Pools[0].Pipelines[0];

        Assert.Equal([0.03, 0.04, 0.06, 0.085, 0.11, 0.16], ((int[])[1, 2, 4, 6, 8, 12]).Select(rows => Math.Round(times.SecondsOf(rows), 6)));
        // The silo's own rule: 8 rows in 0.11 s are the most in a second; of those that take at most twice as long as one, 4.
        Assert.Equal((8, 4), (times.Rows(isShared: false), times.Rows(isShared: true)));
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData("{", "cannot be read")]
    [InlineData("{}", "cannot be read")]
    public void Parse_NoPlan_IsRefused(string text, string said) =>
        Assert.Contains(said, Assert.Throws<ArgumentException>(() => CapacityPlan.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("durationSeconds", "0", "durationSeconds")]
    [InlineData("warmUpSeconds", "3600", "warmUpSeconds")]
    [InlineData("hopSeconds", "-1", "hopSeconds")]
    [InlineData("invented", "1", "invented")]
    [InlineData("streams", "[]", "streams")]
    [InlineData("pipelines.0.steps", "0", "p.steps")]
    [InlineData("pipelines.0.pictures", "[]", "p.pictures")]
    [InlineData("pipelines.0.pictures.0.tiles", "0", "p.pictures.tiles")]
    [InlineData("pipelines.0.checkpointEverySteps", "0", "p.checkpointEverySteps")]
    [InlineData("pipelines.0.name", "\"q\"", "not among the pipelines")]
    [InlineData("pools.0.devices", "0", "gpu.devices")]
    [InlineData("pools.0.hoursBetweenFailures", "0", "gpu.hoursBetweenFailures")]
    [InlineData("pools.0.residentModels", "0", "gpu.residentModels")]
    [InlineData("pools.0.pipelines", "[]", "gpu.pipelines")]
    [InlineData("pools.0.pipelines.0.passes", "[]", "passes")]
    [InlineData("pools.0.pipelines.0.passes.0.rows", "2", "of 1 row")]
    [InlineData("pools.0.pipelines.0.passes.1.rows", "9", "rows rise")]
    [InlineData("pools.0.pipelines.0.passes.1.seconds", "0.01", "times do not fall")]
    [InlineData("pools.0.pipelines.0.passes.0.seconds", "0", "more than 0")]
    [InlineData("pools.0.pipelines.0.cap", "0", "cap")]
    [InlineData("pools.0.pipelines.0.variation", "-1", "variation")]
    [InlineData("streams.0.imagesPerHour", "5", "has 2 of")]
    [InlineData("streams.0.sessions", "0", "people.sessions")]
    [InlineData("streams.0.tenants", "0", "people.tenants")]
    [InlineData("streams.0.pipeline", "\"q\"", "no pool has times for")]
    [InlineData("streams.0.hourlyLoad", "[1]", "24")]
    [InlineData("streams.1.priority", "\"urgent\"", "cannot be read")]
    public void Parse_ValueThatIsNotAllowed_IsRefusedWithItsName(string path, string value, string said)
    {
        var plan = JsonNode.Parse(Good, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;
        var node = plan;
        var parts = path.Split('.');
        foreach (var part in parts[..^1])
            node = int.TryParse(part, out var index) ? node[index]! : node[part]!;
        node[parts[^1]] = JsonNode.Parse(value);

        Assert.Contains(said, Assert.Throws<ArgumentException>(() => CapacityPlan.Parse(plan.ToJsonString())).Message, StringComparison.Ordinal);
    }
}
