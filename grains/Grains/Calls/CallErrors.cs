using Darkroom.Contracts.Errors;
using Darkroom.Contracts.Runs;
using Darkroom.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Darkroom.Grains.Calls;

/// <summary>Whatever a grain of ours throws, its caller gets an exception of the contracts: Orleans has no serializer for those of a library.</summary>
/// <remarks>
/// Cancellation, time-outs and what Orleans itself throws stay as they are. Streams do not come through here: what they throw is
/// of the contracts already.
/// </remarks>
internal sealed partial class CallErrors(ILogger<CallErrors> logger) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (IsOurs(context) && Translate(error) is { } translated)
        {
            // As Orleans does when it sees this exception: what the activation holds is not what is stored.
            if (error is InconsistentStateException)
                context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, error, "The state was written by somebody else."));
            else if (translated is GrainFailedException)
                LogUnforeseen(error, context.InterfaceName, context.MethodName, context.TargetId);
            throw translated;
        }
    }

    /// <summary>Finds what to tell a caller instead of an exception; null if it may stay as it is.</summary>
    internal static DarkroomException? Translate(Exception error) => error switch
    {
        DarkroomException => null,
        InconsistentStateException => new StorageFailedException($"{error.Message} Ask again."),
        _ when DarkroomException.Within(error) is { } told => told,
        _ when StoreErrorWithin(error) is { } failed => new StorageFailedException(failed.Message),
        OperationCanceledException or TimeoutException or OrleansException when IsOfThePlatform(error) => null,
        _ => new GrainFailedException($"{error.GetType().Name}: {error.Message}"),
    };

    private static bool IsOurs(IIncomingGrainCallContext context) => context.InterfaceMethod?.DeclaringType?.Assembly == typeof(IRunGrain).Assembly;

    private static Exception? StoreErrorWithin(Exception? error)
    {
        while (error is not (null or BlobStoreException or IOException))
            error = error.InnerException;
        return error;
    }

    private static bool IsOfThePlatform(Exception? error) =>
        error is null || (error.GetType().Namespace is { } name && IsPlatform(name) && IsOfThePlatform(error.InnerException));

    private static bool IsPlatform(string name) => Array.Exists(["System", "Microsoft", "Orleans"], prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    [LoggerMessage(1500, LogLevel.Error, "{Interface}.{Method} of {Grain} failed in a way that is not foreseen")]
    private partial void LogUnforeseen(Exception error, string @interface, string method, GrainId grain);
}
