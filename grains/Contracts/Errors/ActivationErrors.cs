using Orleans.Runtime;

namespace Darkroom.Contracts.Errors;

/// <summary>Gives the caller the exception of the contracts that Orleans wraps when a grain cannot be activated, as when its state cannot be read.</summary>
/// <remarks>Silos have it. A client of a cluster elsewhere adds it with <c>AddOutgoingGrainCallFilter&lt;ActivationErrors&gt;()</c>.</remarks>
public sealed class ActivationErrors : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await context.Invoke();
        }
        catch (OrleansException error) when (DarkroomException.Within(error) is { } told)
        {
            throw told;
        }
    }
}
