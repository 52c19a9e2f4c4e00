using static TorchSharp.torch;

namespace Darkroom.Models.Quality;

/// <summary>The blocks of Inception v3 under torchvision's names, as the network of FID has them: what pools looks at no padding.</summary>
/// <remarks>Szegedy et al. 2016, arXiv:1512.00567, figures 5 to 7 and 10.</remarks>
internal static class InceptionBlocks
{
    /// <summary>Kernels of 5 x 5, twice 3 x 3.</summary>
    public static InceptionBlock A(long inputs, long poolChannels) => new(
        new()
        {
            ["branch1x1"] = Point(inputs, 64),
            ["branch5x5_1"] = Point(inputs, 48), ["branch5x5_2"] = Square(48, 64, 5),
            ["branch3x3dbl_1"] = Point(inputs, 64), ["branch3x3dbl_2"] = Square(64, 96, 3), ["branch3x3dbl_3"] = Square(96, 96, 3),
            ["branch_pool"] = Point(inputs, poolChannels),
        },
        (apply, x) =>
        [
            apply("branch1x1", x),
            apply("branch5x5_2", apply("branch5x5_1", x)),
            apply("branch3x3dbl_3", apply("branch3x3dbl_2", apply("branch3x3dbl_1", x))),
            apply("branch_pool", Average(x)),
        ]);

    /// <summary>From 35 x 35 to 17 x 17.</summary>
    public static InceptionBlock B(long inputs) => new(
        new()
        {
            ["branch3x3"] = new(inputs, 384, 3, 3, stride: 2),
            ["branch3x3dbl_1"] = Point(inputs, 64), ["branch3x3dbl_2"] = Square(64, 96, 3), ["branch3x3dbl_3"] = new(96, 96, 3, 3, stride: 2),
        },
        (apply, x) =>
        [
            apply("branch3x3", x),
            apply("branch3x3dbl_3", apply("branch3x3dbl_2", apply("branch3x3dbl_1", x))),
            Halve(x),
        ]);

    /// <summary>Kernels of 7 x 7 as rows and columns.</summary>
    public static InceptionBlock C(long inputs, long channels) => new(
        new()
        {
            ["branch1x1"] = Point(inputs, 192),
            ["branch7x7_1"] = Point(inputs, channels), ["branch7x7_2"] = Row(channels, channels, 7), ["branch7x7_3"] = Column(channels, 192, 7),
            ["branch7x7dbl_1"] = Point(inputs, channels), ["branch7x7dbl_2"] = Column(channels, channels, 7), ["branch7x7dbl_3"] = Row(channels, channels, 7),
            ["branch7x7dbl_4"] = Column(channels, channels, 7), ["branch7x7dbl_5"] = Row(channels, 192, 7),
            ["branch_pool"] = Point(inputs, 192),
        },
        (apply, x) =>
        [
            apply("branch1x1", x),
            apply("branch7x7_3", apply("branch7x7_2", apply("branch7x7_1", x))),
            apply("branch7x7dbl_5", apply("branch7x7dbl_4", apply("branch7x7dbl_3", apply("branch7x7dbl_2", apply("branch7x7dbl_1", x))))),
            apply("branch_pool", Average(x)),
        ]);

    /// <summary>From 17 x 17 to 8 x 8.</summary>
    public static InceptionBlock D(long inputs) => new(
        new()
        {
            ["branch3x3_1"] = Point(inputs, 192), ["branch3x3_2"] = new(192, 320, 3, 3, stride: 2),
            ["branch7x7x3_1"] = Point(inputs, 192), ["branch7x7x3_2"] = Row(192, 192, 7), ["branch7x7x3_3"] = Column(192, 192, 7),
            ["branch7x7x3_4"] = new(192, 192, 3, 3, stride: 2),
        },
        (apply, x) =>
        [
            apply("branch3x3_2", apply("branch3x3_1", x)),
            apply("branch7x7x3_4", apply("branch7x7x3_3", apply("branch7x7x3_2", apply("branch7x7x3_1", x)))),
            Halve(x),
        ]);

    /// <summary>Rows and columns side by side.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="isMaximum">Whether the largest value is pooled, as the last block of FID's network does, instead of the mean.</param>
    public static InceptionBlock E(long inputs, bool isMaximum) => new(
        new()
        {
            ["branch1x1"] = Point(inputs, 320),
            ["branch3x3_1"] = Point(inputs, 384), ["branch3x3_2a"] = Row(384, 384, 3), ["branch3x3_2b"] = Column(384, 384, 3),
            ["branch3x3dbl_1"] = Point(inputs, 448), ["branch3x3dbl_2"] = Square(448, 384, 3), ["branch3x3dbl_3a"] = Row(384, 384, 3), ["branch3x3dbl_3b"] = Column(384, 384, 3),
            ["branch_pool"] = Point(inputs, 192),
        },
        (apply, x) =>
        {
            var small = apply("branch3x3_1", x);
            var large = apply("branch3x3dbl_2", apply("branch3x3dbl_1", x));
            return
            [
                apply("branch1x1", x),
                apply("branch3x3_2a", small), apply("branch3x3_2b", small),
                apply("branch3x3dbl_3a", large), apply("branch3x3dbl_3b", large),
                apply("branch_pool", isMaximum ? nn.functional.max_pool2d(x, 3, stride: 1, padding: 1) : Average(x)),
            ];
        });

    private static InceptionConvolution Point(long inputs, long outputs) => new(inputs, outputs, 1, 1);

    private static InceptionConvolution Square(long inputs, long outputs, long side) => new(inputs, outputs, side, side, isPadded: true);

    private static InceptionConvolution Row(long inputs, long outputs, long length) => new(inputs, outputs, 1, length, isPadded: true);

    private static InceptionConvolution Column(long inputs, long outputs, long length) => new(inputs, outputs, length, 1, isPadded: true);

    private static Tensor Average(Tensor x) => nn.functional.avg_pool2d(x, 3, stride: 1, padding: 1, count_include_pad: false);

    private static Tensor Halve(Tensor x) => nn.functional.max_pool2d(x, 3, stride: 2);
}
