using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>The Inception v3 that FID and KID are defined by, up to its last pooling (pool3).</summary>
/// <remarks>Heusel et al. 2017, arXiv:1706.08500; names and details as in pytorch-fid, whose weights come from TensorFlow's of 2015.</remarks>
public sealed class FidInception : nn.Module<Tensor, Tensor>
{
    /// <summary>Number of features of a picture.</summary>
    public const int FeatureCount = 2048;

    private const int Side = 299;

    private readonly List<nn.Module<Tensor, Tensor>> layers = [];

    /// <summary>Makes the network without weights.</summary>
    public FidInception()
        : base(nameof(FidInception))
    {
        Add("Conv2d_1a_3x3", new InceptionConvolution(3, 32, 3, 3, stride: 2));
        Add("Conv2d_2a_3x3", new InceptionConvolution(32, 32, 3, 3));
        Add("Conv2d_2b_3x3", new InceptionConvolution(32, 64, 3, 3, isPadded: true));
        layers.Add(nn.MaxPool2d(3, 2));
        Add("Conv2d_3b_1x1", new InceptionConvolution(64, 80, 1, 1));
        Add("Conv2d_4a_3x3", new InceptionConvolution(80, 192, 3, 3));
        layers.Add(nn.MaxPool2d(3, 2));
        Add("Mixed_5b", InceptionBlocks.A(192, 32));
        Add("Mixed_5c", InceptionBlocks.A(256, 64));
        Add("Mixed_5d", InceptionBlocks.A(288, 64));
        Add("Mixed_6a", InceptionBlocks.B(288));
        Add("Mixed_6b", InceptionBlocks.C(768, 128));
        Add("Mixed_6c", InceptionBlocks.C(768, 160));
        Add("Mixed_6d", InceptionBlocks.C(768, 160));
        Add("Mixed_6e", InceptionBlocks.C(768, 192));
        Add("Mixed_7a", InceptionBlocks.D(768));
        Add("Mixed_7b", InceptionBlocks.E(1280, isMaximum: false));
        Add("Mixed_7c", InceptionBlocks.E(FeatureCount, isMaximum: true));
    }

    /// <param name="input">Pictures in 0..1, [B, 3, H, W] of any size.</param>
    /// <returns>Their features, [B, 2048]; the caller disposes them.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.interpolate(input, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        hidden = (2 * hidden) - 1;
        return layers.Aggregate(hidden, (x, layer) => layer.call(x)).mean([2, 3]).MoveToOuterDisposeScope();
    }

    private void Add(string name, nn.Module<Tensor, Tensor> layer)
    {
        layers.Add(layer);
        register_module(name, layer);
    }
}
