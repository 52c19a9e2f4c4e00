using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Contracts.Runs;

/// <summary>The id of a run: <c>{tenant}/{name}</c>, so that a tenant's name guards its runs as it guards its sessions.</summary>
/// <param name="Tenant">Who owns the run.</param>
/// <param name="Name">The run's name within the tenant.</param>
public readonly record struct RunKey(string Tenant, string Name)
{
    /// <summary>Makes a key of two names.</summary>
    /// <exception cref="InvalidRequestException">A name is empty, too long or has a character that is not allowed.</exception>
    public static RunKey Create(string tenant, string name)
    {
        SessionKey.Require(tenant, "tenant");
        SessionKey.Require(name, "run");
        return new RunKey(tenant, name);
    }

    /// <summary>Reads a run's id.</summary>
    /// <exception cref="InvalidRequestException">The text is not <c>{tenant}/{name}</c>.</exception>
    public static RunKey Parse(string runId)
    {
        var slash = (runId ?? string.Empty).IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            throw new InvalidRequestException("A run's id is '{tenant}/{name}'; the id given has no '/'.");
        return Create(runId![..slash], runId[(slash + 1)..]);
    }

    /// <summary>Gets the folder of the blob store for what a run needs until it has ended: checkpoints, finished tiles and previews.</summary>
    public string BlobFolder => $"runs/{this}/";

    /// <summary>Writes the id as grains use it.</summary>
    public override string ToString() => $"{Tenant}/{Name}";
}
