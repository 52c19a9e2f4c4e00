using static TorchSharp.torch;

namespace TorchSharp.Modules;

public abstract class ConvolutionTranspose : Convolution
{
    protected ConvolutionTranspose(
        string name,
        long in_channels,
        long out_channels,
        long[] kernel_size,
        long[] stride,
        long[]? padding,
        Padding? padding_type,
        long[] dilation,
        bool transposed,
        long[] output_padding,
        long groups,
        bool bias,
        PaddingModes padding_mode,
        Device? device = null,
        ScalarType? dtype = null)
        : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias, padding_mode, device, dtype)
    {
    }

    public override Tensor forward(Tensor input) => forward(input, null);

    public abstract Tensor forward(Tensor input, long[]? output_size);

    /// <summary>The extra rows and columns that turn the smallest possible output into the requested one.</summary>
    protected long[] _output_padding(Tensor input, long[]? output_size, long[] kernel_size, long[] stride, long[] padding, long[] dilation, long num_spatial_dims)
    {
        if (output_size is null)
        {
            return output_padding;
        }

        var shape = input.shape;
        var leading = shape.Length - (int)num_spatial_dims;
        var requested = output_size.Length == shape.Length ? output_size[leading..] : output_size;
        if (requested.Length != num_spatial_dims)
        {
            throw new ArgumentException(
                $"{name}: for a {shape.Length}D input, output_size must have {num_spatial_dims} or {shape.Length} elements (got {output_size.Length}).", nameof(output_size));
        }

        var result = new long[requested.Length];
        for (var dimension = 0; dimension < requested.Length; dimension++)
        {
            var smallest = ((shape[leading + dimension] - 1) * stride[dimension])
                - (2 * padding[dimension]) + (dilation[dimension] * (kernel_size[dimension] - 1)) + 1;
            var largest = smallest + stride[dimension] - 1;
            if (requested[dimension] < smallest || requested[dimension] > largest)
            {
                throw new ArgumentException(
                    $"Requested an output size of {requested[dimension]} in dimension {dimension}, but valid sizes range from {smallest} to {largest}.", nameof(output_size));
            }

            result[dimension] = requested[dimension] - smallest;
        }

        return result;
    }
}
