using System.Globalization;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Contracts.Jobs;

/// <summary>The id of a job: <c>{tenant}/{name}</c>. The client chooses the name; saying the same request under it again is the same job.</summary>
/// <param name="Tenant">Who owns the job.</param>
/// <param name="Name">The job's name within the tenant.</param>
public readonly record struct JobKey(string Tenant, string Name)
{
    /// <summary>The longest allowed name of a job (characters): the names of its runs begin with it.</summary>
    public const int MaxNameLength = 40;

    /// <summary>Makes a key of two names.</summary>
    /// <exception cref="InvalidRequestException">A name is empty, too long or has a character that is not allowed.</exception>
    public static JobKey Create(string tenant, string name)
    {
        SessionKey.Require(tenant, "tenant");
        SessionKey.Require(name, "job");
        if (name.Length > MaxNameLength)
            throw new InvalidRequestException($"The name of a job has 1 to {MaxNameLength} characters; this one has {name.Length}.");
        return new JobKey(tenant, name);
    }

    /// <summary>Reads a job's id.</summary>
    /// <exception cref="InvalidRequestException">The text is not <c>{tenant}/{name}</c>.</exception>
    public static JobKey Parse(string jobId)
    {
        var slash = (jobId ?? string.Empty).IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            throw new InvalidRequestException("A job's id is '{tenant}/{name}'; the id given has no '/'.");
        return Create(jobId![..slash], jobId[(slash + 1)..]);
    }

    /// <summary>Names the run of an item: whoever takes the job up finds the run that was started, finished or not.</summary>
    /// <param name="index">Which item.</param>
    /// <param name="attempt">1 at first.</param>
    public RunKey RunOf(int index, int attempt) =>
        RunKey.Create(Tenant, string.Create(CultureInfo.InvariantCulture, $"job.{Name}.{index}.{attempt}"));

    /// <summary>Writes the id as grains use it.</summary>
    public override string ToString() => $"{Tenant}/{Name}";
}
