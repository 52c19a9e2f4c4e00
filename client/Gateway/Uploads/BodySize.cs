using Microsoft.AspNetCore.Http.Metadata;

namespace Darkroom.Gateway.Uploads;

/// <summary>Lets an endpoint take larger bodies than the others.</summary>
/// <param name="MaxRequestBodySize">The largest body (bytes).</param>
internal sealed record BodySize(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    // What a form adds to the files in it.
    private const long FormOverhead = 1 << 20;

    // Base64 takes a third more, and some writers escape a letter here and there. The pictures themselves are counted when they are decoded.
    private const double Base64Overhead = 1.5;

    /// <summary>Makes the one for an endpoint that takes pictures, as they are or in base64.</summary>
    public static BodySize OfPictures(GatewayOptions options, int pictures = 1) => new((long)(pictures * options.MaxPictureBytes * Base64Overhead) + FormOverhead);

    /// <summary>Makes the one for an endpoint that takes jobs.</summary>
    public static BodySize OfJobs(GatewayOptions options) => new(options.MaxJobBytes + FormOverhead);
}
