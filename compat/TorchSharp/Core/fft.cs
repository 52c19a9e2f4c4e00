using TorchSharp.Interop;

namespace TorchSharp;

file static class Ops
{
    internal static readonly Op fft_fft = new("fft_fft");
    internal static readonly Op fft_fft2 = new("fft_fft2");
    internal static readonly Op fft_fftn = new("fft_fftn");
    internal static readonly Op fft_fftshift = new("fft_fftshift");
    internal static readonly Op fft_ifft = new("fft_ifft");
    internal static readonly Op fft_ifft2 = new("fft_ifft2");
    internal static readonly Op fft_ifftn = new("fft_ifftn");
    internal static readonly Op fft_ifftshift = new("fft_ifftshift");
    internal static readonly Op fft_irfft = new("fft_irfft");
    internal static readonly Op fft_irfft2 = new("fft_irfft2");
    internal static readonly Op fft_irfftn = new("fft_irfftn");
    internal static readonly Op fft_rfft = new("fft_rfft");
    internal static readonly Op fft_rfft2 = new("fft_rfft2");
    internal static readonly Op fft_rfftn = new("fft_rfftn");
}

public static partial class torch
{
    public static class fft
    {
        private static Arg Length(long n) => n < 0 ? Arg.None : n;

        private static string Name(FFTNormType norm) => norm switch
        {
            FFTNormType.Forward => "forward",
            FFTNormType.Ortho => "ortho",
            _ => "backward",
        };

        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Ops.fft_fft.Call(input, Length(n), dim, Name(norm));
        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Ops.fft_ifft.Call(input, Length(n), dim, Name(norm));
        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Ops.fft_rfft.Call(input, Length(n), dim, Name(norm));
        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Ops.fft_irfft.Call(input, Length(n), dim, Name(norm));
        public static Tensor fft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_fft2.Call(input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor ifft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_ifft2.Call(input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor rfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_rfft2.Call(input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor irfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_irfft2.Call(input, s, dim ?? [-2, -1], Name(norm));
        public static Tensor fftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_fftn.Call(input, s, dim, Name(norm));
        public static Tensor ifftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_ifftn.Call(input, s, dim, Name(norm));
        public static Tensor rfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_rfftn.Call(input, s, dim, Name(norm));
        public static Tensor irfftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Ops.fft_irfftn.Call(input, s, dim, Name(norm));
        public static Tensor fftshift(Tensor input, long[]? dim = null) => Ops.fft_fftshift.Call(input, dim);
        public static Tensor ifftshift(Tensor input, long[]? dim = null) => Ops.fft_ifftshift.Call(input, dim);
    }
}
