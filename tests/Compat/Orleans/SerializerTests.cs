using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;
using Xunit;

namespace Darkroom.Tests.Compat.Orleans;

public enum Shade : byte
{
    Light,
    Dark,
}

[GenerateSerializer, Alias("test.shape")]
public abstract record Shape
{
    [Id(0)]
    public string Name { get; init; } = "";
}

[GenerateSerializer, Alias("test.circle")]
public sealed record Circle([property: Id(0)] double Radius) : Shape;

[GenerateSerializer, Alias("test.many")]
public sealed class Many
{
    [Id(0)]
    public Dictionary<string, List<int>> Map { get; set; } = [];

    [Id(1)]
    public ImmutableArray<Shape> Shapes { get; set; } = [];

    [Id(2)]
    public (int A, string? B) Pair { get; set; }

    [Id(3)]
    public int? Maybe { get; set; }

    [Id(4)]
    public byte[]? Bytes { get; set; }

    [Id(5)]
    public Shade Shade { get; set; }

    [Id(6)]
    public TimeSpan Time { get; set; }

    [Id(7)]
    public IReadOnlyList<Guid>? Guids { get; set; }

    [Id(8)]
    public object? Anything { get; set; }

    [Id(9)]
    public Many? Self { get; set; }

    [Id(10)]
    private readonly int _secret = 1;

    public Many()
    {
    }

    public Many(int secret) => _secret = secret;

    public string NotKept { get; set; } = "as new";

    public int Secret => _secret;
}

/// <summary>Version 1 of a contract.</summary>
[GenerateSerializer, Alias("test.v1")]
public sealed class VersionOne
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public Order? Dropped { get; set; }

    [Id(3)]
    public int Last { get; set; }
}

/// <summary>Version 2: member 1 is gone, member 2 is new.</summary>
[GenerateSerializer, Alias("test.v2")]
public sealed class VersionTwo
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(2)]
    public List<string> Added { get; set; } = ["default"];

    [Id(3)]
    public int Last { get; set; }
}

public sealed class SerializerTests
{
    private readonly Serializer _serializer;
    private readonly DeepCopier _copier;

    public SerializerTests()
    {
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        _serializer = services.GetRequiredService<Serializer>();
        _copier = services.GetRequiredService<DeepCopier>();
    }

    [Fact]
    public void RoundTrip_OfEveryKindOfMember_KeepsValues()
    {
        var many = new Many(42)
        {
            Map = new(StringComparer.OrdinalIgnoreCase) { ["a"] = [1, 2], ["b"] = [] },
            Shapes = [new Circle(2.5) { Name = "round" }],
            Pair = (7, null),
            Maybe = 9,
            Bytes = [0, 255],
            Shade = Shade.Dark,
            Time = TimeSpan.FromTicks(-3),
            Guids = new[] { Guid.Empty, Guid.NewGuid() },
            Anything = "text",
            NotKept = "lost",
        };
        many.Self = many;

        var copy = _serializer.Deserialize<Many>(_serializer.SerializeToArray(many));

        Assert.Equal(many.Map, copy.Map);
        Assert.True(copy.Map.ContainsKey("A"));
        Assert.Equal(many.Shapes, copy.Shapes);
        Assert.Equal((7, null), copy.Pair);
        Assert.Equal(9, copy.Maybe);
        Assert.Equal(many.Bytes, copy.Bytes);
        Assert.Equal(Shade.Dark, copy.Shade);
        Assert.Equal(many.Time, copy.Time);
        Assert.Equal(many.Guids, copy.Guids);
        Assert.Equal("text", copy.Anything);
        Assert.Same(copy, copy.Self);
        Assert.Equal(42, copy.Secret);
        Assert.Equal("as new", copy.NotKept);
    }

    [Fact]
    public void RoundTrip_OfRecord_KeepsConstructorParametersAndMembersApart()
    {
        var order = new Order("prints", 2, ["x"]) { At = DateTimeOffset.UnixEpoch };

        var copy = _serializer.Deserialize<Order>(_serializer.SerializeToArray(order));

        Assert.Equal(order with { Tags = copy.Tags }, copy);
        Assert.Equal(order.Tags, copy.Tags);
    }

    [Fact]
    public void Serialize_OfAnExceptionWithAForeignCause_Throws()
    {
        var exception = new OrderRejectedException("too many", 3);
        Assert.Throws<CodecNotFoundException>(() => _serializer.SerializeToArray<Exception>(new InvalidOperationException("outer", new ForeignException())));
        Assert.Throws<CodecNotFoundException>(() => _serializer.SerializeToArray<Exception>(new ForeignException()));
        Assert.NotEmpty(_serializer.SerializeToArray<Exception>(new InvalidOperationException("outer", exception)));
    }

    [Fact]
    public void RoundTrip_OfException_KeepsTypeMessageAndMembers()
    {
        var exception = new OrderRejectedException("too many", 3);

        var copy = Assert.IsType<OrderRejectedException>(_serializer.Deserialize<Exception>(_serializer.SerializeToArray<Exception>(exception)));

        Assert.Equal("too many", copy.Message);
        Assert.Equal(3, copy.Allowed);
    }

    [Fact]
    public void Deserialize_OfAnotherVersion_SkipsWhatItLacksAndKeepsDefaults()
    {
        var one = _serializer.SerializeToArray(new VersionOne { Name = "n", Dropped = new Order("o", 1, ["t"]), Last = 5 });
        var two = _serializer.SerializeToArray(new VersionTwo { Name = "m", Added = ["x"], Last = 6 });

        var forward = _serializer.Deserialize<VersionTwo>(one);
        var back = _serializer.Deserialize<VersionOne>(two);

        Assert.Equal(("n", 5), (forward.Name, forward.Last));
        Assert.Equal(["default"], forward.Added);
        Assert.Equal(("m", 6), (back.Name, back.Last));
        Assert.Null(back.Dropped);
    }

    [Fact]
    public void Serialize_OfTypeWithoutGenerateSerializer_Fails() =>
        Assert.Throws<CodecNotFoundException>(() => _serializer.SerializeToArray(new Unmarked("x")));

    [Fact]
    public void CanSerialize_KnowsWhichTypesHaveCodecs()
    {
        Assert.True(_serializer.CanSerialize<Many>());
        Assert.False(_serializer.CanSerialize<Unmarked>());
    }

    [Fact]
    public void Serialize_OfObjectsNestedWithoutEnd_ThrowsAndDoesNotCrash()
    {
        Assert.SkipUnless(typeof(Grain).Assembly.GetName().Name!.StartsWith("Darkroom.Compat", StringComparison.Ordinal), "The official package has no such guard.");
        var many = new Many();
        for (var i = 0; i < 200_000; i++)
            many = new Many { Self = many };

        Assert.Throws<SerializerException>(() => _serializer.SerializeToArray(many));
        Assert.Throws<InsufficientExecutionStackException>(() => _copier.Copy(many));
    }

    [Fact]
    public void Deserialize_OfHostileBytes_ThrowsAndNeverCrashes()
    {
        var good = _serializer.SerializeToArray(new Many { Map = { ["a"] = [1] }, Shapes = [new Circle(1)], Bytes = [1, 2, 3] });
        var random = new Random(7);
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var bad = (byte[])good.Clone();
            for (var i = random.Next(1, 5); i > 0; i--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (round % 3 == 0)
                bad = bad[..random.Next(bad.Length)];
            try
            {
                _serializer.Deserialize<Many>(bad);
            }
            catch (Exception)
            {
                refused++;
            }
        }

        Assert.True(refused > 1000, $"Only {refused} of 3000 damaged inputs were refused.");
    }

    private sealed class ForeignException : Exception;
}
