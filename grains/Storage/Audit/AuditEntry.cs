namespace Darkroom.Storage.Audit;

/// <summary>How an action of an operator went on.</summary>
public enum AuditResult
{
    /// <summary>It was about to begin; nothing was done before this was kept.</summary>
    Started,

    /// <summary>It was done.</summary>
    Succeeded,

    /// <summary>It was not done, or not wholly.</summary>
    Failed,

    /// <summary>Whoever asked may not.</summary>
    Denied,
}

/// <summary>Who did something.</summary>
/// <param name="Account">The tenant of the credential, or the machine's user at a command line.</param>
/// <param name="Name">What the key or the person is called.</param>
/// <param name="Origin">The address that the request came from, or the machine.</param>
public sealed record AuditActor(string Account, string Name, string Origin)
{
    /// <summary>Gets whoever runs this process.</summary>
    public static AuditActor Process { get; } = new(Environment.UserName, AppDomain.CurrentDomain.FriendlyName, Environment.MachineName);
}

/// <summary>A line of the audit log.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What, such as <c>key.create</c>.</param>
/// <param name="Subject">To what.</param>
/// <param name="Result">With which result.</param>
/// <param name="Detail">More, or null.</param>
public sealed record AuditEntry(DateTimeOffset At, AuditActor Actor, string Action, string Subject, AuditResult Result, string? Detail = null);
