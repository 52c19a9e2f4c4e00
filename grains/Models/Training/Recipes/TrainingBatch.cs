using Darkroom.Models.Training.Data;
using Darkroom.Models.Training.Loop;
using static TorchSharp.torch;

namespace Darkroom.Models.Training.Recipes;

/// <summary>What several recipes do alike.</summary>
internal static class TrainingBatch
{
    /// <summary>Takes the next clean pictures, each in its turn, and does something to each.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="draw">What is drawn for the pass.</param>
    /// <param name="count">B.</param>
    /// <param name="size">Side of the patches (pixels).</param>
    /// <param name="device">Where to.</param>
    /// <param name="change">Makes the second picture of a row of the first and the row's index, both in 0..1.</param>
    /// <returns>Clean and changed pictures, [B, 3, S, S] in [-1, 1]; in the caller's dispose scope.</returns>
    public static (Tensor Clean, Tensor Changed) Pairs(
        TrainingPictures pictures, TrainingDraw draw, int count, int size, Device device, Func<Tensor, int, Tensor> change)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var clean = draw.Turns(count, pictures.Tiles.Count).Select(index => pictures.Tiles[index].CropUpright(size, draw.Random)).ToArray();
        var changed = clean.Select(change).ToArray();
        return (Stack(clean).MoveToOuterDisposeScope(), Stack(changed).MoveToOuterDisposeScope());

        Tensor Stack(Tensor[] rows) => ((stack(rows) * 2) - 1).to(device);
    }

    /// <summary>Leaves networks as they are.</summary>
    public static void Freeze(params IEnumerable<nn.Module> networks)
    {
        foreach (var parameter in networks.SelectMany(network => network.parameters()))
            parameter.requires_grad = false;
    }

    /// <summary>The shape of the latents of pictures.</summary>
    public static long[] LatentShape(int count, long channels, int size, long cell) => [count, channels, size / cell, size / cell];
}
