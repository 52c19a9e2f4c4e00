using System.ComponentModel.DataAnnotations;
using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Sessions;

namespace Darkroom.Silo.Operator;

/// <summary>How jobs and models are driven by resources of Kubernetes. Configuration section: <c>Operator</c>.</summary>
public sealed class OperatorOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Operator";

    /// <summary>Gets or sets whether this silo may be the one that looks after the resources.</summary>
    /// <value>Default: false.</value>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets which tenant the resources of a namespace belong to. Resources elsewhere are refused.</summary>
    /// <value>Default: none.</value>
    /// <remarks>A resource never says whose it is: who may write into a namespace decides that.</remarks>
    public Dictionary<string, string> Tenants { get; set; } = [];

    /// <summary>Gets or sets the folder that models are imported from; it is mounted into every silo.</summary>
    /// <value>Default: null, which means that models are not imported by resources.</value>
    public string? ImportFolder { get; set; }

    /// <summary>Gets or sets the address of the API server.</summary>
    /// <value>Default: null, which is the one of the cluster that the silo's pod runs in (<c>KUBERNETES_SERVICE_HOST</c> and <c>KUBERNETES_SERVICE_PORT</c>).</value>
    public Uri? ApiServer { get; set; }

    /// <summary>Gets or sets the file of the token; it is read again and again, since it changes.</summary>
    /// <value>Default: where Kubernetes puts it in a pod.</value>
    [Required]
    public string TokenFile { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    /// <summary>Gets or sets the file of the certificates that sign the API server's.</summary>
    /// <value>Default: where Kubernetes puts it in a pod.</value>
    [Required]
    public string CertificateFile { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

    /// <summary>Gets or sets after which silence of the silo that leads another one takes over.</summary>
    /// <value>Default: 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets how many resources of a kind are worked on at once.</summary>
    /// <value>Default: 4.</value>
    [Range(1, 64)]
    public int Workers { get; set; } = 4;

    /// <summary>Gets or sets how many resources are asked for at once when all are listed.</summary>
    /// <value>Default: 100.</value>
    [Range(1, 1000)]
    public int PageSize { get; set; } = 100;

    /// <summary>Gets or sets how often the progress of a job is written into its resource.</summary>
    /// <value>Default: 2 s; less often while so many jobs run that <see cref="MaxPollsPerSecond"/> would be exceeded.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how many jobs are looked at in a second, however many run.</summary>
    /// <value>Default: 50; each is one or two requests to the API server.</value>
    [Range(1, 10_000)]
    public int MaxPollsPerSecond { get; set; } = 50;

    /// <summary>Gets or sets how often it is made sure that models are still in memory where they should be.</summary>
    /// <value>Default: 10 s. A device keeps a model for three such periods after the last time.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan ResidencyPeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the wait after the first failure; it doubles with each further one.</summary>
    /// <value>Default: 1 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets the longest wait after a failure.</summary>
    /// <value>Default: 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets how long the API server may take to answer.</summary>
    /// <value>Default: 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets after which time a watch is ended by the API server and begun again where it was.</summary>
    /// <value>Default: 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan WatchTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (space, tenant) in Tenants)
        {
            if (!IsNamespace(space))
                yield return new ValidationResult($"{SectionName}:{nameof(Tenants)} has '{space}', which is no name of a namespace: 1 to 63 lower-case letters, digits and '-', with a letter or digit at both ends.", [nameof(Tenants)]);
            if (TenantFault(tenant) is { } fault)
                yield return new ValidationResult($"{SectionName}:{nameof(Tenants)}:{space} is '{tenant}': {fault}", [nameof(Tenants)]);
        }

        if (ApiServer is { } server && !(server.IsAbsoluteUri && server.Scheme is "https" or "http"))
            yield return new ValidationResult($"{SectionName}:{nameof(ApiServer)} is '{server}'; an address with https:// is allowed.", [nameof(ApiServer)]);
        if (ApiServer is { IsAbsoluteUri: true, Scheme: "http", IsLoopback: false })
            yield return new ValidationResult($"{SectionName}:{nameof(ApiServer)} is '{ApiServer}'; without https the token would be readable on the way. http is allowed on this machine only.", [nameof(ApiServer)]);
        if (ImportFolder is { } folder && !Path.IsPathRooted(folder))
            yield return new ValidationResult($"{SectionName}:{nameof(ImportFolder)} is '{folder}'; a path from the root is allowed.", [nameof(ImportFolder)]);
        if (RetryDelay > MaxRetryDelay)
            yield return new ValidationResult($"{SectionName}:{nameof(RetryDelay)} is {RetryDelay} and {nameof(MaxRetryDelay)} {MaxRetryDelay}; the first may not be longer.", [nameof(RetryDelay)]);
    }

    private static bool IsNamespace(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static string? TenantFault(string tenant)
    {
        try
        {
            SessionKey.Require(tenant, "tenant");
            return null;
        }
        catch (InvalidRequestException error)
        {
            return error.Message;
        }
    }
}
