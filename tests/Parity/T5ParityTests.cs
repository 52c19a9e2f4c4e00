using Darkroom.Models.Checkpoints;
using Darkroom.Models.T5;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

public sealed class T5ParityTests
{
    [Theory]
    [InlineData("t5_encoder_tiny_v10_relu")]
    [InlineData("t5_encoder_tiny_v11_gated_gelu")]
    public void Encoder_ReferenceWeights_GivesTheReferenceState(string name)
    {
        using var fixture = Fixture.Open(name);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var encoder = new T5Encoder(T5EncoderConfig.Parse(fixture.Config));
        CheckpointLoader.Load(encoder, fixture.Weights);
        foreach (var @case in fixture.Cases)
        {
            var state = encoder.call(fixture.Read($"{@case}.in.input_ids"), fixture.Read($"{@case}.in.attention_mask"));
            fixture.AssertClose($"{@case}.out.last_hidden_state", state);
        }
    }

    [Theory]
    [InlineData("flan_t5_large_encoder")]
    [InlineData("t5_v1_1_xxl_encoder")]
    public void Encoder_PublishedSize_HasTheOfficialNamesAndShapes(string manifest)
    {
        var expected = Manifest.Read(manifest);
        using var encoder = new T5Encoder(T5EncoderConfig.Parse(Manifest.Config(manifest)));
        Manifest.AssertEqual(expected, encoder);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-7, 7)]
    [InlineData(7, 23)]
    [InlineData(-8, 8)]
    [InlineData(-127, 15)]
    [InlineData(-128, 15)]
    [InlineData(5000, 31)]
    public void Bucket_Distances_AreExactNearAndShareTheLastFar(long distance, int bucket) =>
        Assert.Equal(bucket, T5RelativePosition.Bucket(distance, bucketCount: 32, maxDistance: 128));
}
