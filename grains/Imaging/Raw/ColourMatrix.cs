namespace Darkroom.Imaging.Raw;

/// <summary>A linear map of colours, row by row.</summary>
public sealed class ColourMatrix
{
    private const int Size = 3;
    private readonly double[] rows;

    /// <summary>Makes a matrix.</summary>
    /// <param name="rows">Nine numbers, row by row.</param>
    /// <exception cref="ArgumentException">There are not nine finite numbers.</exception>
    public ColourMatrix(params IReadOnlyList<double> rows)
    {
        if (rows.Count != Size * Size || !rows.All(double.IsFinite))
            throw new ArgumentException($"A colour matrix has {Size * Size} finite numbers; there are {rows.Count(double.IsFinite)} of {rows.Count}.", nameof(rows));
        this.rows = [.. rows];
    }

    /// <summary>Gets the matrix that changes nothing.</summary>
    public static ColourMatrix Identity { get; } = new(1, 0, 0, 0, 1, 0, 0, 0, 1);

    /// <summary>Gets the numbers, row by row.</summary>
    public IReadOnlyList<double> Rows => rows;

    /// <summary>Maps a colour.</summary>
    public (double Red, double Green, double Blue) Map(double red, double green, double blue) =>
        (Row(0, red, green, blue), Row(1, red, green, blue), Row(2, red, green, blue));

    private double Row(int row, double red, double green, double blue) =>
        (rows[Size * row] * red) + (rows[(Size * row) + 1] * green) + (rows[(Size * row) + 2] * blue);
}
