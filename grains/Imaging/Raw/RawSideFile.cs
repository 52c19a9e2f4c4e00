using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Darkroom.Imaging.Raw;

/// <summary>The JSON file beside a mosaic that was stored as a 16-bit grey PNG or TIFF: what a RAW file would say itself.</summary>
public sealed record RawSideFile
{
    private const double RowSumTolerance = 0.02;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Gets the mosaic's pattern, such as RGGB.</summary>
    [JsonRequired]
    public required string Pattern { get; init; }

    /// <summary>Gets the black levels: one number, or those of red, the green of red's row, blue, the green of blue's row.</summary>
    [JsonRequired]
    public required IReadOnlyList<double> BlackLevel { get; init; }

    /// <summary>Gets the white level.</summary>
    [JsonRequired]
    public required double WhiteLevel { get; init; }

    /// <summary>Gets the factors of red, green and blue that make grey grey.</summary>
    [JsonRequired]
    public required IReadOnlyList<double> WhiteBalance { get; init; }

    /// <summary>Gets the matrix from white-balanced camera colours to linear sRGB, row by row; each row sums to 1. None leaves colours as they are.</summary>
    public IReadOnlyList<double>? ColourMatrix { get; init; }

    /// <summary>Gets the digital gain (the amplification ratio), or null for what the picture itself suggests.</summary>
    public double? Gain { get; init; }

    /// <summary>Gets the camera's name.</summary>
    public string? Camera { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidImageException">It is no such file; the message says what is wrong.</exception>
    public static RawSideFile Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<RawSideFile>(json, Options) ?? throw Wrong("it holds null");
        }
        catch (JsonException error)
        {
            throw Wrong(error.Message.Split('\n')[0], error);
        }
    }

    /// <summary>Joins the mosaic with what is said here.</summary>
    /// <param name="picture">The decoded mosaic, 16 bit grey; its values are taken exactly.</param>
    /// <exception cref="InvalidImageException">A value cannot be, or the picture is no mosaic.</exception>
    public RawMosaic ToMosaic(PlanarImage picture)
    {
        if (!picture.IsGrey || picture.BitDepth != 16)
            throw Wrong($"the picture beside it has {picture.Channels} channels of {picture.BitDepth} bit; a mosaic has one of 16 bit");
        if (BlackLevel.Count is not (1 or 4))
            throw Wrong($"black_level has {BlackLevel.Count} numbers; 1 or 4 are allowed");
        if (WhiteBalance.Count != 3 || !WhiteBalance.All(factor => factor is > 0 and < 1000))
            throw Wrong($"white_balance is [{string.Join(", ", WhiteBalance)}]; three numbers above 0 and below 1000 are allowed");
        if (Gain is { } gain && gain is not (> 0 and <= 1_000_000))
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"gain is {gain}; a number above 0 up to 1,000,000 is allowed"));

        var black = BlackLevel.Count == 1 ? RawPlanes.All(BlackLevel[0]) : new RawPlanes(BlackLevel[0], BlackLevel[1], BlackLevel[2], BlackLevel[3]);
        ushort[] values = [.. picture.Pixels.Select(value => (ushort)Math.Round(value * ushort.MaxValue))];
        var levels = new RawLevels(BayerPatterns.Parse(Pattern), black, RawPlanes.All(WhiteLevel));
        return new RawMosaic(picture.Width, picture.Height, values, levels)
        {
            Metadata = new RawMetadata
            {
                Camera = Camera ?? string.Empty,
                WhiteBalance = new RawPlanes(WhiteBalance[0], WhiteBalance[1], WhiteBalance[2], WhiteBalance[1]),
                Matrix = Matrix(),
                Gain = Gain,
            },
        };
    }

    private ColourMatrix Matrix()
    {
        if (ColourMatrix is null)
            return Raw.ColourMatrix.Identity;
        if (ColourMatrix.Count != 9 || !ColourMatrix.Chunk(3).All(row => Math.Abs(row.Sum() - 1) <= RowSumTolerance))
            throw Wrong($"colour_matrix is [{string.Join(", ", ColourMatrix)}]; nine numbers are allowed whose rows each sum to 1, so that grey stays grey");
        return new ColourMatrix(ColourMatrix);
    }

    private static InvalidImageException Wrong(string what, Exception? error = null) =>
        new(ImageFault.Corrupt, $"The side file of the mosaic cannot be used: {what}.", error);
}
