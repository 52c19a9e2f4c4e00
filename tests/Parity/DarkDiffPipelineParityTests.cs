using System.Globalization;
using System.Text.Json;
using Darkroom.Imaging;
using Darkroom.Imaging.Raw;
using Darkroom.Models.DarkDiff;
using Darkroom.Models.Pipelines;
using Darkroom.Models.Schedulers;
using Darkroom.Models.Training.Objectives;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Darkroom.Tests.Parity;

/// <summary>DarkDiff from the sensor's values to the picture, through the class that the cluster serves.</summary>
public sealed class DarkDiffPipelineParityTests
{
    private const string Prefix = "pipeline_darkdiff";
    private const string LatentKey = ".out.latent_after_step_";

    [Fact]
    public void Pipeline_ReferenceMosaic_GivesTheReferencePicture() => Fixture.ForEach(Prefix, fixture =>
    {
        foreach (var @case in fixture.Cases.Where(name => fixture.Io.Entries.ContainsKey($"{name}.in.mosaic")))
            Run(fixture, @case);
    });

    [Fact]
    public void SecondStage_ReferenceBatch_GivesTheReferenceLossesAndGradients() => Fixture.ForEach(Prefix, fixture =>
    {
        foreach (var @case in fixture.Cases.Where(name => fixture.Io.Entries.ContainsKey($"{name}.in.noisy_mosaic")))
            Train(fixture, @case);
    });

    private static void Run(Fixture fixture, string @case)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var raw = fixture.Config.GetProperty("raw");
        var mosaic = Mosaic(fixture, @case, $"{@case}.in.mosaic");
        var packed = tensor(mosaic.Pack().Select(value => (int)value).ToArray()).view(4, mosaic.Height / 2, mosaic.Width / 2);
        fixture.AssertLevels($"{@case}.out.packed", packed);
        var linear = RawDeveloper.ToLinear(mosaic, raw.GetProperty("gain").GetDouble(), Planes(fixture, $"{@case}.in.white_balance"));
        fixture.AssertClose($"{@case}.out.linear_rgb_unclipped", Pixels(linear));
        RawDeveloper.ClipHighlights(linear);
        fixture.AssertClose($"{@case}.out.linear_rgb", Pixels(linear));
        var (matrix, gamma) = (Matrix(fixture, @case), raw.GetProperty("gamma").GetDouble());
        AssertPicture("preview", Pixels(RawDeveloper.Render(linear, matrix, gamma)));

        using var pipeline = Pipeline(fixture, @case);
        Assert.Equal(fixture.Number("pad_multiple"), pipeline.Profile.SizeMultiple);
        var steps = fixture.Meta.GetProperty("num_inference_steps").GetInt32();
        var settings = new RunSettings(Steps: steps, GuidanceScale: fixture.Meta.GetProperty("guidance").GetDouble());
        Assert.Equal(steps, pipeline.CountSteps(settings));
        using var conditioning = pipeline.Prepare(Pixels(linear), new Instruction(InstructionKind.Restore, string.Empty), settings);
        var padded = linear.ReadTile(0, 0, Padded(linear.Width), Padded(linear.Height));
        var tile = tensor(padded).view(1, 3, Padded(linear.Height), Padded(linear.Width));
        fixture.AssertClose($"{@case}.out.network_input", (tile * 2) - 1);

        var context = new StepContext(conditioning, 0, steps, 0, 0);
        var state = pipeline.Encode(tile, context);
        fixture.AssertClose($"{@case}.out.cond_latent", pipeline.Condition(state));
        var scheduler = SchedulerConfigReader.Read(fixture.Meta.GetProperty("scheduler"), SchedulerKind.Ddim).Create(steps);
        fixture.AssertLevels($"{@case}.out.timesteps", tensor(scheduler.Timesteps.Select(timestep => (long)timestep).ToArray()));
        var prefix = @case + LatentKey;
        var recorded = fixture.Io.Entries.Keys
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(key => int.Parse(key[prefix.Length..], CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Contains(steps, recorded);
        for (var step = 0; step < steps; step++)
        {
            state = pipeline.Step(state, [context with { Step = step }]);
            if (recorded.Contains(step + 1))
                fixture.AssertClose($"{prefix}{step + 1}", pipeline.Sample(state));
        }

        var decoded = Crop(pipeline.Decode(state));
        fixture.AssertClose($"{@case}.out.decoded", decoded);
        AssertPicture("srgb", Crop(pipeline.Finish(state)));
        var asLinear = new PlanarImage(linear.Width, linear.Height, bitDepth: 16);
        ((decoded / 2) + 0.5).clamp(0, 1).contiguous().data<float>().ToArray().CopyTo(asLinear.Pixels, 0);
        var rendered = Pixels(RawDeveloper.Render(asLinear, matrix, gamma));
        fixture.AssertClose($"{@case}.out.decoded_as_linear_rendered", rendered);
        AssertPicture("decoded_as_linear", rendered);

        int Padded(int side) => (side + pipeline.Profile.SizeMultiple - 1) / pipeline.Profile.SizeMultiple * pipeline.Profile.SizeMultiple;
        Tensor Crop(Tensor picture) => picture[.., .., ..linear.Height, ..linear.Width];

        void AssertPicture(string name, Tensor picture)
        {
            fixture.AssertLevels($"{@case}.out.{name}_u8", Levels(picture, byte.MaxValue));
            fixture.AssertLevels($"{@case}.out.{name}_u16", Levels(picture, ushort.MaxValue));
        }
    }

    private static void Train(Fixture fixture, string @case)
    {
        using var scope = NewDisposeScope();
        var (noisy, clean) = (Develop("noisy_mosaic"), Develop("clean_mosaic"));
        fixture.AssertClose($"{@case}.out.noisy_linear", Pixels(noisy));
        fixture.AssertClose($"{@case}.out.clean_linear", Pixels(clean));
        var target = Pixels(RawDeveloper.Render(clean, Matrix(fixture, @case), fixture.Config.GetProperty("raw").GetProperty("gamma").GetDouble()));
        fixture.AssertClose($"{@case}.out.target_srgb", target);
        fixture.AssertLevels($"{@case}.out.target_u8", Levels(target, byte.MaxValue));
        fixture.AssertLevels($"{@case}.out.target_u16", Levels(target, ushort.MaxValue));

        using var networks = Networks(fixture);
        var schedule = new NoiseSchedule(SchedulerConfigReader.Read(fixture.Meta.GetProperty("scheduler"), SchedulerKind.Ddim));
        var losses = new DarkDiffObjective(networks, schedule, fixture.Config.GetProperty("decoder_loss_weight").GetDouble()).Compute(
            new DarkDiffBatch(Pixels(noisy), Pixels(clean), target),
            fixture.Read($"{@case}.in.text_embedding_empty"), fixture.Read($"{@case}.in.noise"), fixture.Read($"{@case}.in.t"));
        fixture.AssertClose($"{@case}.out.cond_latent", losses.Condition);
        fixture.AssertClose($"{@case}.out.clean_latent", losses.Clean);
        fixture.AssertClose($"{@case}.out.noisy_latent", losses.Noisy);
        fixture.AssertClose($"{@case}.out.eps", losses.Prediction);
        fixture.AssertClose($"{@case}.out.z0_hat", losses.PredictedClean);
        fixture.AssertClose($"{@case}.out.decoded_z0_hat", losses.Decoded);
        fixture.AssertClose($"{@case}.out.loss_ldm", losses.Diffusion);
        fixture.AssertClose($"{@case}.out.loss_decoder", losses.Decoder);
        fixture.AssertClose($"{@case}.out.loss_decoder_l1", losses.DecoderAbsolute);
        fixture.AssertClose($"{@case}.out.loss_total", losses.Total);

        losses.Total.backward();
        // The reference's norm is of all weights, the VAE's too, which training freezes.
        var weights = Named(networks.Autoencoder, string.Empty).Concat(Named(networks.Context, "ctx.")).Concat(Named(networks.UNet, "unet.")).ToDictionary();
        fixture.AssertGradients(@case, name => weights[name]);
        var norm = weights.Values.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.square().sum()).Aggregate((a, b) => a + b).sqrt();
        fixture.AssertClose($"{@case}.out.grad_norm", norm);

        IEnumerable<KeyValuePair<string, Tensor>> Named(nn.Module network, string prefix) =>
            network.named_parameters().Select(pair => KeyValuePair.Create(prefix + pair.name, (Tensor)pair.parameter));

        PlanarImage Develop(string name)
        {
            var mosaic = Mosaic(fixture, @case, $"{@case}.in.{name}");
            // Only the picture taken in the dark is amplified; the clean one was exposed as long as it needs.
            var gain = name == "noisy_mosaic" ? fixture.Config.GetProperty("raw").GetProperty("gain").GetDouble() : 1;
            var linear = RawDeveloper.ToLinear(mosaic, gain, Planes(fixture, $"{@case}.in.white_balance"));
            RawDeveloper.ClipHighlights(linear);
            return linear;
        }
    }

    private static DarkDiffPipeline Pipeline(Fixture fixture, string @case) => new(
        Networks(fixture), fixture.Read($"{@case}.in.text_embedding_empty"),
        SchedulerConfigReader.Read(fixture.Meta.GetProperty("scheduler"), SchedulerKind.Ddim),
        new PipelineProfile(DarkDiffPipeline.PipelineName, fixture.Name, string.Empty, 512, 64, 1, 512), CPU, new RecordedNoise(fixture, @case));

    private static DarkDiffNetworks Networks(Fixture fixture)
    {
        var networks = DarkDiffNetworks.Create(fixture.Config);
        networks.Load(fixture.Weights);
        return networks;
    }

    private static RawMosaic Mosaic(Fixture fixture, string @case, string key)
    {
        var raw = fixture.Config.GetProperty("raw");
        Assert.Equal("R,G1,B,G2", raw.GetProperty("plane_order").GetString());
        var values = fixture.Read(key);
        var levels = new RawLevels(
            BayerPatterns.Parse(raw.GetProperty("pattern").GetString()!), Planes(fixture, $"{@case}.in.black_level"),
            RawPlanes.All(raw.GetProperty("white_level").GetDouble()));
        return new RawMosaic((int)values.shape[1], (int)values.shape[0], [.. values.data<int>().ToArray().Select(value => checked((ushort)value))], levels);
    }

    private static RawPlanes Planes(Fixture fixture, string key)
    {
        var values = fixture.Read(key).data<float>().ToArray();
        return new RawPlanes(values[0], values[1], values[2], values[3]);
    }

    private static ColourMatrix Matrix(Fixture fixture, string @case) =>
        new([.. fixture.Read($"{@case}.in.colour_matrix").data<float>().ToArray().Select(value => (double)value)]);

    private static Tensor Pixels(PlanarImage picture) => tensor(picture.Pixels).view(1, 3, picture.Height, picture.Width);

    private static Tensor Levels(Tensor picture, int most) => (picture * most).round().squeeze(0).permute(1, 2, 0);
}
