using Darkroom.Contracts.Tenants;

namespace Darkroom.Contracts.Errors;

/// <summary>The tenant has used up what it is allowed; the same request is taken later.</summary>
[GenerateSerializer, Alias("Darkroom.QuotaExceededException")]
public sealed class QuotaExceededException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public QuotaExceededException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public QuotaExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public QuotaExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one that says it all.</summary>
    /// <param name="message">For the user: actual, allowed, and the setting to change.</param>
    /// <param name="limit">Which limit.</param>
    /// <param name="actual">What the tenant has or has used.</param>
    /// <param name="allowed">What it may.</param>
    /// <param name="retryAfter">When to try again.</param>
    public QuotaExceededException(string message, QuotaLimit limit, double actual, double allowed, TimeSpan retryAfter)
        : base(message) => (Limit, Actual, Allowed, RetryAfter) = (limit, actual, allowed, retryAfter);

    /// <summary>Gets which limit it is.</summary>
    [Id(0)]
    public QuotaLimit Limit { get; private set; }

    /// <summary>Gets what the tenant has or has used, in the limit's unit.</summary>
    [Id(1)]
    public double Actual { get; private set; }

    /// <summary>Gets what the tenant may have or use.</summary>
    [Id(2)]
    public double Allowed { get; private set; }

    /// <summary>Gets after which time trying again makes sense.</summary>
    [Id(3)]
    public TimeSpan RetryAfter { get; private set; }
}
