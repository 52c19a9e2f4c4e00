using System.Text.Json;
using System.Text.Json.Nodes;
using Darkroom.Contracts.Jobs;
using Darkroom.Contracts.Runs;
using Darkroom.Silo.Operator.Jobs;
using Darkroom.Silo.Operator.Kubernetes;
using Darkroom.Tests.Cluster.Operator.Support;

namespace Darkroom.Tests.Cluster.Operator;

/// <summary>The definitions of the kinds: what they refuse, what they let through, and that they say the same as the code.</summary>
public sealed class DefinitionTests
{
    private const string Jobs = "restorationjobs";
    private const string Models = "restorationmodels";
    private readonly StubStore store = new(StubSchema.LoadAll(), TimeProvider.System);

    [Theory]
    [InlineData("""{"images":{}}""", "give either prefix or items")]
    [InlineData("""{"images":{"prefix":"a","items":[{"name":"b"}]}}""", "give either prefix or items")]
    [InlineData("""{"images":{"prefix":"/a"}}""", "a prefix does not begin")]
    [InlineData("""{"images":{"prefix":"a//b"}}""", "a prefix does not begin")]
    [InlineData("""{"images":{"prefix":"a/../b"}}""", "a prefix does not begin")]
    [InlineData("""{"images":{"prefix":".."}}""", "a prefix does not begin")]
    [InlineData("""{"images":{"prefix":"./b"}}""", "a prefix does not begin")]
    [InlineData("""{"images":{"items":[]}}""", ".spec.images.items")]
    [InlineData("""{"images":{"items":[{"name":""}]}}""", ".spec.images.items[0].name")]
    [InlineData("""{"images":{"items":[{"hash":"00"}]}}""", "items[0].name: Required")]
    [InlineData("""{"images":{"items":[{"name":"a","hash":"XY"}]}}""", "items[0].hash")]
    [InlineData("""{"images":{"prefix":7}}""", "must be of type string")]
    [InlineData("""{"images":{"prefix":"a"},"words":null}""", "must be of type string")]
    [InlineData("""{"images":{"prefix":"a"},"command":"Destroy"}""", "Unsupported value")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"strength":1.5}}""", ".spec.settings.strength")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"gain":0}}""", ".spec.settings.gain")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"seed":-1}}""", ".spec.settings.seed")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"steps":1.5}}""", "must be of type integer")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"region":{"feather":3}}}""", "give either maskHash or box")]
    [InlineData("""{"images":{"prefix":"a"},"pipeline":"../x"}""", ".spec.pipeline")]
    [InlineData("""{"images":{"prefix":"a"},"concurrency":0}""", ".spec.concurrency")]
    [InlineData("""{"images":{"prefix":"a"},"results":{}}""", ".spec.results.prefix: Required")]
    [InlineData("""{"images":{"prefix":"a"},"results":{"prefix":"out"}}""", "a folder ends with")]
    [InlineData("""{"images":{"prefix":"a"},"results":{"prefix":"../out/"}}""", "a folder ends with")]
    [InlineData("""{"images":{"prefix":"a/"},"results":{"prefix":"a/"}}""", "results go somewhere else")]
    [InlineData("""{}""", ".spec.images: Required")]
    [InlineData("""[]""", "must be of type object")]
    public void Job_ThatIsNotAllowed_IsRefused(string spec, string reason)
    {
        var refusal = Assert.Throws<StubRefusal>(() => store.Create(Jobs, "team-a", OperatorCluster.Job("job", spec)));
        Assert.Equal(422, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"images":{"prefix":"b"}}""")]
    [InlineData("""{"images":{"prefix":"a"},"words":"more"}""")]
    [InlineData("""{"images":{"prefix":"a"},"command":"Refine"}""")]
    [InlineData("""{"images":{"prefix":"a"},"pipeline":"llmra"}""")]
    [InlineData("""{"images":{"prefix":"a"},"model":"m"}""")]
    [InlineData("""{"images":{"prefix":"a"},"concurrency":3}""")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"seed":1},"results":{"prefix":"out/"}}""")]
    [InlineData("""{"images":{"prefix":"a"},"settings":{"seed":2}}""")]
    [InlineData("""{"images":{"prefix":"a"}}""")]
    public void Job_Changed_IsRefused(string spec)
    {
        const string full = """{"images":{"prefix":"a"},"settings":{"seed":1}}""";
        store.Create(Jobs, "team-a", OperatorCluster.Job("job", full));
        var changed = OperatorCluster.Job("job", spec);

        var refusal = Assert.Throws<StubRefusal>(() => store.Update(Jobs, "team-a", "job", changed, isStatus: false));

        Assert.Contains("cannot be changed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Job_Suspended_IsAnotherGenerationAndNothingElse()
    {
        store.Create(Jobs, "team-a", OperatorCluster.Job("job", """{"images":{"prefix":"a"},"settings":{"seed":1},"model":"m"}"""));
        var after = store.Patch(Jobs, "team-a", "job", Json("""{"spec":{"suspend":true}}"""), isStatus: false);

        Assert.Equal(2, (long)after["metadata"]!["generation"]!);
    }

    [Fact]
    public void Job_UnknownFields_AreDroppedAndDefaultsFilledIn()
    {
        var kept = store.Create(Jobs, "team-a", OperatorCluster.Job("job", """{"images":{"prefix":"a"},"tenant":"globex","priority":9}"""));

        Assert.Equal(["images", "command", "words", "suspend"], kept["spec"]!.AsObject().Select(field => field.Key));
    }

    [Theory]
    [InlineData("""{"source":{"paths":["../x"]}}""")]
    [InlineData("""{"source":{"paths":["/x"]}}""")]
    [InlineData("""{"source":{"paths":[]}}""")]
    [InlineData("""{"source":{}}""")]
    [InlineData("""{"source":{"paths":["x"],"floatType":"Int8"}}""")]
    [InlineData("""{"devices":-1}""")]
    [InlineData("""{"devices":"all"}""")]
    public void Model_ThatIsNotAllowed_IsRefused(string spec) => Assert.Throws<StubRefusal>(() => store.Create(Models, null, Model("m", spec)));

    [Fact]
    public void Model_WithALongNameOrAnotherSource_IsRefused()
    {
        Assert.Contains("100 characters", Assert.Throws<StubRefusal>(() => store.Create(Models, null, Model(new string('a', 101), "{}"))).Message, StringComparison.Ordinal);
        store.Create(Models, null, Model("m", """{"source":{"paths":["a"]}}"""));
        Assert.Contains("source cannot be changed", Assert.Throws<StubRefusal>(() => store.Patch(Models, null, "m", Json("""{"spec":{"source":{"paths":["b"]}}}"""), isStatus: false)).Message, StringComparison.Ordinal);
        store.Patch(Models, null, "m", Json("""{"spec":{"devices":3}}"""), isStatus: false);
    }

    [Fact]
    public void Definitions_NamesAndLimits_AreThoseOfTheCode()
    {
        var schemas = StubSchema.LoadAll();
        foreach (var kind in new[] { ResourceKind.Jobs, ResourceKind.Models })
        {
            var definition = schemas[kind.Plural].Definition["spec"]!;
            Assert.Equal((ResourceKind.Group, kind.Kind), ((string)definition["group"]!, (string)definition["names"]!["kind"]!));
            Assert.Equal(ResourceKind.Version, (string)definition["versions"]![0]!["name"]!);
            Assert.NotNull(definition["versions"]![0]!["subresources"]!["status"]);
            Assert.Equal($"{kind.Plural}.{ResourceKind.Group}", (string)schemas[kind.Plural].Definition["metadata"]!["name"]!);
        }

        var spec = schemas[Jobs].Root["properties"]!["spec"]!["properties"]!;
        Assert.Equal(RestorationJobSpec.MaxItems, (int)spec["images"]!["properties"]!["items"]!["maxItems"]!);
        Assert.Equal(JobRequest.MaxWordsLength, (int)spec["words"]!["maxLength"]!);
        Assert.Equal(PipelineName.MaxLength, (int)spec["pipeline"]!["maxLength"]!);
        Assert.Equal(RestorationSettings.MaxSteps, (int)spec["settings"]!["properties"]!["steps"]!["maximum"]!);
        Assert.Equal(RestorationSettings.MaxGuidanceScale, (double)spec["settings"]!["properties"]!["guidanceScale"]!["maximum"]!);
        Assert.Equal(RestorationSettings.MaxGain, (double)spec["settings"]!["properties"]!["gain"]!["maximum"]!);
        Assert.Equal(Enum.GetNames<RunKind>(), spec["command"]!["enum"]!.AsArray().Select(name => (string)name!));
        SameFields(typeof(RestorationJobSpec), spec);
        SameFields(typeof(RestorationSettings), spec["settings"]!["properties"]!);
        SameFields(typeof(RestorationJobStatus), schemas[Jobs].Root["properties"]!["status"]!["properties"]!);
    }

    private static void SameFields(Type type, JsonNode properties) => Assert.Equal(
        type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal),
        properties.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    private static JsonObject Model(string name, string spec) => Json($$"""{"metadata":{"name":"{{name}}"},"spec":{{spec}}}""");
}
