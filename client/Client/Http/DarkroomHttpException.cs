using System.Net;

namespace Darkroom.Client.Http;

/// <summary>A call that came to nothing: the server's problem details, or what the client found wrong with the way to it.</summary>
public sealed class DarkroomHttpException : Exception
{
    /// <summary>Start of the types that the server and this client give.</summary>
    public const string TypePrefix = "urn:darkroom:problem:";

    /// <summary>The code where no answer came: no connection, one that broke, or silence.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The code where an answer came that is not what the server promises.</summary>
    public const string Damaged = "damaged-answer";

    /// <summary>Makes one.</summary>
    /// <param name="status">The status, or null if no answer came.</param>
    /// <param name="type">The problem's type.</param>
    /// <param name="title">What kind of problem it is.</param>
    /// <param name="detail">What was wrong and what is allowed, or null.</param>
    /// <param name="retryAfter">When the server says to try again, or null.</param>
    /// <param name="inner">What it came of, or null.</param>
    public DarkroomHttpException(HttpStatusCode? status, string type, string title, string? detail = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(detail is null ? title : $"{title} {detail}", inner) =>
        (Status, Type, Title, Detail, RetryAfter) = (status, type, title, detail, retryAfter);

    /// <summary>Gets the status, or null if no answer came.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Gets the problem's type, such as <c>urn:darkroom:problem:not-found</c>.</summary>
    public string Type { get; }

    /// <summary>Gets the last part of the type, such as <c>not-found</c>; empty for a problem of somebody else, such as a proxy.</summary>
    public string Code => Type.StartsWith(TypePrefix, StringComparison.Ordinal) ? Type[TypePrefix.Length..] : string.Empty;

    /// <summary>Gets what kind of problem it is.</summary>
    public string Title { get; }

    /// <summary>Gets what was wrong and what is allowed, or null.</summary>
    public string? Detail { get; }

    /// <summary>Gets when the server says to try again, or null.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Gets whether the same call may succeed later. The client has tried again already, unless <see cref="RetryAfter"/> is longer than it may wait or a file can be read only once.</summary>
    public bool IsTransient => Status is null
        or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    internal static DarkroomHttpException OfConnection(Exception error, Uri? server) => new(
        null, TypePrefix + Unreachable, $"The server {server?.GetLeftPart(UriPartial.Authority)} cannot be reached.", error.Message, inner: error);

    internal static DarkroomHttpException OfSilence(TimeSpan silence, Uri? server) => new(
        null, TypePrefix + Unreachable, $"The server {server?.GetLeftPart(UriPartial.Authority)} cannot be reached.", $"It was silent for {silence.TotalSeconds:0.###} seconds.");

    internal static DarkroomHttpException OfDamage(HttpStatusCode status, string detail, Exception? inner = null) => new(
        status, TypePrefix + Damaged, "The answer is damaged.", detail, inner: inner);
}
