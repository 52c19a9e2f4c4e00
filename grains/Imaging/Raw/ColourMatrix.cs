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

    /// <summary>The matrix that first does <paramref name="first"/> and then this.</summary>
    public ColourMatrix Multiply(ColourMatrix first) => new([.. Enumerable.Range(0, Size * Size).Select(i =>
        Enumerable.Range(0, Size).Sum(k => rows[(i / Size * Size) + k] * first.rows[(Size * k) + (i % Size)]))]);

    /// <summary>The matrix that undoes this.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public ColourMatrix Invert()
    {
        var determinant = (rows[0] * Cofactor(0, 0)) + (rows[1] * Cofactor(0, 1)) + (rows[2] * Cofactor(0, 2));
        if (Math.Abs(determinant) < 1e-9)
            throw new ArgumentException($"The colour matrix [{string.Join(", ", rows)}] cannot be inverted: it maps different colours to one.");
        return new ColourMatrix([.. Enumerable.Range(0, Size * Size).Select(i => Cofactor(i % Size, i / Size) / determinant)]);

        double Cofactor(int row, int column)
        {
            var (a, b, c, d) = ((row + 1) % Size, (row + 2) % Size, (column + 1) % Size, (column + 2) % Size);
            return (rows[(Size * a) + c] * rows[(Size * b) + d]) - (rows[(Size * a) + d] * rows[(Size * b) + c]);
        }
    }

    private double Row(int row, double red, double green, double blue) =>
        (rows[Size * row] * red) + (rows[(Size * row) + 1] * green) + (rows[(Size * row) + 2] * blue);
}
