using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op Nearest1dOp = new("upsample_nearest1d", "vec");
            private static readonly Op Nearest2dOp = new("upsample_nearest2d", "vec");
            private static readonly Op Nearest3dOp = new("upsample_nearest3d", "vec");
            private static readonly Op NearestExact1dOp = new("_upsample_nearest_exact1d", "vec");
            private static readonly Op NearestExact2dOp = new("_upsample_nearest_exact2d", "vec");
            private static readonly Op NearestExact3dOp = new("_upsample_nearest_exact3d", "vec");
            private static readonly Op Linear1dOp = new("upsample_linear1d", "vec");
            private static readonly Op Bilinear2dOp = new("upsample_bilinear2d", "vec");
            private static readonly Op BilinearAntialiasOp = new("_upsample_bilinear2d_aa", "vec");
            private static readonly Op Bicubic2dOp = new("upsample_bicubic2d", "vec");
            private static readonly Op BicubicAntialiasOp = new("_upsample_bicubic2d_aa", "vec");
            private static readonly Op Trilinear3dOp = new("upsample_trilinear3d", "vec");

            /// <summary>Resizes the spatial dimensions of [B, C, ...] to a size or by scale factors.</summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                var spatial = x.shape.Length - 2;
                RequireInterpolation(spatial, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias);
                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = [.. scale_factor.Select((scale, index) => (long)Math.Floor(x.shape[index + 2] * scale))];
                    scale_factor = null;
                }

                var corners = align_corners ?? false;
                return (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, 1) => Nearest1dOp.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => Nearest2dOp.Call(x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => Nearest3dOp.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 1) => NearestExact1dOp.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 2) => NearestExact2dOp.Call(x, size, scale_factor),
                    (InterpolationMode.NearestExact, 3) => NearestExact3dOp.Call(x, size, scale_factor),
                    (InterpolationMode.Area, 1) => AdaptiveAvgPool1dOp.Call(x, size),
                    (InterpolationMode.Area, 2) => AdaptiveAvgPool2dOp.Call(x, size),
                    (InterpolationMode.Area, 3) => AdaptiveAvgPool3dOp.Call(x, size),
                    (InterpolationMode.Linear, 1) => Linear1dOp.Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bilinear, 2) => (antialias ? BilinearAntialiasOp : Bilinear2dOp).Call(x, size, corners, scale_factor),
                    (InterpolationMode.Bicubic, 2) => (antialias ? BicubicAntialiasOp : Bicubic2dOp).Call(x, size, corners, scale_factor),
                    (InterpolationMode.Trilinear, 3) => Trilinear3dOp.Call(x, size, corners, scale_factor),
                    _ => throw new ArgumentException($"The mode {mode} does not take an input of {spatial + 2} dimensions.", nameof(mode)),
                };
            }

            public static Tensor upsample(Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool align_corners = false) =>
                interpolate(input, size, scale_factor, (InterpolationMode)mode, mode == UpsampleMode.Nearest ? null : align_corners);

            public static Tensor upsample_bilinear(Tensor x, long[]? size = null, double[]? scale_factor = null, bool align_corners = false) =>
                upsample(x, size, scale_factor, UpsampleMode.Bilinear, align_corners);

            public static Tensor upsample_nearest(Tensor x, long[]? size = null, double[]? scale_factor = null, bool align_corners = false) =>
                upsample(x, size, scale_factor, UpsampleMode.Nearest, align_corners);

            private static void RequireInterpolation(int spatial, long[]? size, double[]? scale, InterpolationMode mode, bool? corners, bool recompute, bool antialias)
            {
                if (size is null == scale is null)
                {
                    throw new ArgumentException("Give either size or scale_factor, and not both.");
                }

                if (recompute && size is not null)
                {
                    throw new ArgumentException("recompute_scale_factor is not meaningful with an explicit size.");
                }

                var given = size?.Length ?? scale!.Length;
                if (given != spatial)
                {
                    // TorchSharp ends the process.
                    throw new ArgumentException($"size or scale_factor must have {spatial} elements (the spatial dimensions), got {given}.");
                }

                if (corners is not null && mode is (InterpolationMode.Nearest or InterpolationMode.NearestExact or InterpolationMode.Area))
                {
                    throw new ArgumentException("align_corners can only be set with the interpolating modes: linear, bilinear, bicubic, trilinear.");
                }

                if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                {
                    throw new ArgumentException("antialias is only supported with the modes Bilinear and Bicubic.");
                }
            }
        }
    }
}
