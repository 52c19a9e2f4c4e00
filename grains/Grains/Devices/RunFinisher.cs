using Darkroom.Contracts.Images;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;

namespace Darkroom.Grains.Devices;

/// <summary>Puts a run's result together and stores it.</summary>
internal sealed class RunFinisher(RunBlobs blobs)
{
    /// <summary>Blends the result with the input by the run's strength, encodes it as PNG and stores it.</summary>
    /// <returns>The stored picture: the source itself at strength 0, so that not even its file changes.</returns>
    public async Task<ImageRef> FinishAsync(RunWorkspace workspace, CancellationToken cancellationToken)
    {
        var strength = (float)workspace.Request.Settings.Strength;
        if (strength == 0)
            return workspace.Request.Source;
        var result = workspace.Blender.Finish();
        if (strength < 1)
            Blend(workspace.Source, result, strength);
        var file = ImageEncoder.Encode(result, ImageFormat.Png, EncodeSettings.Intermediate);
        var mediaType = ImageFormats.MediaTypeOf(ImageFormat.Png);
        var hash = await blobs.WritePictureAsync(file, mediaType, cancellationToken);
        return new ImageRef(hash, result.Width, result.Height, mediaType, file.Length);
    }

    private static void Blend(PlanarImage source, PlanarImage result, float strength)
    {
        for (var i = 0; i < result.Pixels.Length; i++)
            result.Pixels[i] = source.Pixels[i] + (strength * (result.Pixels[i] - source.Pixels[i]));
    }
}
