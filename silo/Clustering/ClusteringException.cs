namespace Darkroom.Silo.Clustering;

/// <summary>The silo cannot join the cluster that it is configured for; the message says why and what is allowed.</summary>
public sealed class ClusteringException : Exception
{
    /// <summary>Makes one.</summary>
    public ClusteringException()
    {
    }

    /// <summary>Makes one with a message for the operator.</summary>
    public ClusteringException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public ClusteringException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
