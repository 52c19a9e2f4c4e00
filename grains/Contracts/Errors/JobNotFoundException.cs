namespace Darkroom.Contracts.Errors;

/// <summary>The tenant has no such job.</summary>
[GenerateSerializer, Alias("Darkroom.JobNotFoundException")]
public sealed class JobNotFoundException : DarkroomException
{
    /// <summary>Makes one.</summary>
    public JobNotFoundException()
    {
    }

    /// <summary>Makes one with a message for the user.</summary>
    public JobNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and what caused it.</summary>
    public JobNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
