using System.Runtime.InteropServices;
using Darkroom.Imaging;
using Darkroom.Imaging.Resampling;
using Darkroom.Imaging.Tiles;
using Darkroom.Models.Describers;
using Darkroom.Models.Pipelines;
using Darkroom.Workbench.Evaluation.Metrics;
using static TorchSharp.torch;

namespace Darkroom.Workbench.Evaluation;

/// <summary>Restores pictures as a silo does (the same overview, patches, tiles and blending), one at a time and without a cluster.</summary>
/// <param name="model">The model; not disposed.</param>
/// <param name="device">Where the model is.</param>
public sealed class PictureRestorer(LoadedModel model, Device device)
{
    private const int MaxPatches = 16;   // as in the silo's PictureTensors

    /// <summary>Gets which values the pipeline takes as pixels.</summary>
    public PixelEncoding Input => model.Pipeline.Profile.Input;

    /// <summary>Looks at a picture.</summary>
    /// <returns>What the model's describer sees, or null if the model has none.</returns>
    public ImageDescription? Describe(PlanarImage picture)
    {
        if (model.Describer is not { } describer)
            return null;
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        var patches = PatchSampler.Spread(picture, describer.PatchSize, MaxPatches);
        var overview = Overview(picture, Math.Max(model.Pipeline.Profile.OverviewSize, describer.OverviewSize));
        return describer.Describe(overview, ToTensor(patches.Pixels, [patches.Count, 3, patches.Size, patches.Size]));
    }

    /// <summary>Restores a picture.</summary>
    /// <param name="picture">The degraded picture as <see cref="Input"/> says; its values may leave 0..1 and are not clipped.</param>
    /// <param name="instruction">What is to be done.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The restored picture, clamped to 0..1 and not rounded.</returns>
    /// <exception cref="ArgumentException">The pipeline does not offer what the settings or the instruction ask for.</exception>
    public PlanarImage Restore(PlanarImage picture, Instruction instruction, RunSettings settings, CancellationToken cancellationToken)
    {
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        var profile = model.Pipeline.Profile;
        model.Pipeline.CountSteps(settings);                                    // what is not offered is refused before any work
        using var conditioning = model.Pipeline.Prepare(Overview(picture, profile.OverviewSize), instruction, settings);
        var steps = model.Pipeline.CountSteps(settings, conditioning);
        var plan = TilePlan.Create(picture.Width, picture.Height, profile.TileSize, profile.TileOverlap, profile.SizeMultiple);
        var blender = new TileBlender(plan, picture);
        foreach (var tile in plan.Tiles)
        {
            blender.Add(tile, RestoreTile(picture, tile, new StepContext(conditioning, 0, steps, settings.Seed, tile.Index), cancellationToken));
        }

        return blender.Finish();
    }

    private float[] RestoreTile(PlanarImage picture, TileRectangle tile, StepContext context, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var pixels = ToTensor(picture.ReadTile(tile.X, tile.Y, tile.Width, tile.Height), [1, 3, tile.Height, tile.Width]);
        var latent = model.Pipeline.Encode(pixels, context);
        for (var step = 0; step < context.StepCount; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = model.Pipeline.Step(latent, [context with { Step = step }]);
            latent.Dispose();
            latent = next;
        }

        var finished = model.Pipeline.Finish(latent).to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(finished.bytes).ToArray();
    }

    private Tensor Overview(PlanarImage picture, int size)
    {
        var overview = Resampler.Fit(picture, size);
        return ToTensor(overview.ReadTile(0, 0, overview.Width, overview.Height), [1, 3, overview.Height, overview.Width]);
    }

    private Tensor ToTensor(float[] values, long[] shape) => Pixels.From(values, shape, device);
}
