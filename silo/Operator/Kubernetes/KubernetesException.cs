using System.Net;

namespace Darkroom.Silo.Operator.Kubernetes;

/// <summary>The API server refused a request, or did not answer it.</summary>
/// <param name="message">What happened.</param>
/// <param name="status">The status of the answer; null without one.</param>
/// <param name="retryAfter">When the server wants to be asked again; null if it did not say.</param>
/// <param name="cause">What caused it, or null.</param>
internal sealed class KubernetesException(string message, HttpStatusCode? status = null, TimeSpan? retryAfter = null, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Gets the status of the answer; null without one.</summary>
    public HttpStatusCode? Status { get; } = status;

    /// <summary>Gets when the server wants to be asked again; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Gets whether the version that was asked for is too old: everything has to be listed anew.</summary>
    public bool IsGone => Status == HttpStatusCode.Gone;

    /// <summary>Gets whether the resource changed meanwhile.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>Gets whether there is no such resource.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;
}
