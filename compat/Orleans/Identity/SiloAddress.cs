using System.Globalization;
using System.Net;
using System.Text;

namespace Orleans.Runtime;

/// <summary>Where a silo lives and which life of it is meant: end point and generation.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private static int s_lastGeneration;

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    public static SiloAddress Zero { get; } = new(new IPEndPoint(IPAddress.None, 0), 0);

    public IPEndPoint Endpoint { get; }

    public int Generation { get; }

    public bool IsClient => Generation < 0;

    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    // Seconds since 2022, and never the same twice in one process.
    public static int AllocateNewGeneration()
    {
        var now = (int)(TimeProvider.System.GetUtcNow() - new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;
        while (true)
        {
            var last = Volatile.Read(ref s_lastGeneration);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref s_lastGeneration, next, last) == last)
                return next;
        }
    }

    public static SiloAddress FromParsableString(string addr)
    {
        ArgumentNullException.ThrowIfNull(addr);
        var at = addr.LastIndexOf('@');
        if (at <= 0
            || !IPEndPoint.TryParse(addr.AsSpan(0, at), out var endpoint)
            || !int.TryParse(addr.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var generation))
            throw new FormatException($"'{addr}' is not a silo address. It is written address:port@generation.");
        return new SiloAddress(endpoint, generation);
    }

    public string ToParsableString() => $"{Endpoint}@{Generation.ToString(CultureInfo.InvariantCulture)}";

    public int GetConsistentHashCode() => unchecked((int)StableHash.Compute(Encoding.UTF8.GetBytes(ToParsableString())));

    public bool Equals(SiloAddress? other) =>
        ReferenceEquals(this, other) || (other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint));

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    public int CompareTo(SiloAddress? other)
    {
        if (other is null)
            return 1;
        var byGeneration = Generation.CompareTo(other.Generation);
        return byGeneration != 0
            ? byGeneration
            : string.CompareOrdinal(Endpoint.ToString(), other.Endpoint.ToString());
    }

    public override string ToString() => $"{(IsClient ? "C" : "S")}{Endpoint}:{Generation.ToString(CultureInfo.InvariantCulture)}";
}
