namespace Darkroom.Models.Checkpoints;

/// <summary>How the names and shapes of a checkpoint differ from a network's.</summary>
/// <param name="Missing">What the network has and the checkpoint lacks.</param>
/// <param name="Extra">What the checkpoint has and the network lacks.</param>
/// <param name="Misshapen">Names with the checkpoint's shape and the network's.</param>
/// <param name="Mistyped">Names with the checkpoint's element type, where one holds integers and the other floating-point numbers.</param>
public sealed record CheckpointDifference(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Extra, IReadOnlyList<string> Misshapen, IReadOnlyList<string> Mistyped)
{
    /// <summary>How many names of each kind <see cref="ToString"/> lists.</summary>
    public const int MaxNamesListed = 8;

    /// <summary>Gets a value indicating whether they do not differ.</summary>
    public bool IsEmpty => Missing.Count + Extra.Count + Misshapen.Count + Mistyped.Count == 0;

    /// <summary>Gets every difference, a line each.</summary>
    public IEnumerable<string> Lines =>
        [
            .. Missing.Select(name => $"missing: {name}"), .. Extra.Select(name => $"extra: {name}"),
            .. Misshapen.Select(text => $"wrong shape: {text}"), .. Mistyped.Select(text => $"wrong type: {text}"),
        ];

    /// <summary>Writes how many there are of each kind and names the first.</summary>
    public override string ToString() => $"{List("missing", Missing)}{List("extra", Extra)}{List("wrong shape", Misshapen)}{List("wrong type", Mistyped)}".TrimEnd();

    private static string List(string what, IReadOnlyList<string> names) => names.Count == 0
        ? string.Empty
        : $"{names.Count} {what} ({string.Join("; ", names.Take(MaxNamesListed))}{(names.Count > MaxNamesListed ? "; ..." : string.Empty)}) ";
}
