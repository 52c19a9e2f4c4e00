using System.Diagnostics;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>Sends calls: filters, copies, dispatches, limits the time.</summary>
internal static class CallSender
{
    public static Task<T> Send<T>(GrainReference target, MethodModel method, object?[] arguments)
    {
        var source = RuntimeContext.Current;
        var node = source?.Silo.Node ?? target.Origin;
        return node.OutgoingFilters.Length == 0 && node.Tracing is null
            ? SendNow<T>(node, source, target, method, arguments, default)
            : SendThroughFilters<T>(node, source, target, method, arguments);
    }

    /// <summary>What travels with a call, copied as an argument is.</summary>
    public static Dictionary<string, object>? ExportContext()
    {
        if (RequestContext.Export() is not { } values)
            return null;
        var copy = new Dictionary<string, object>(values.Count);
        var context = new CopyContext();
        foreach (var (key, value) in values)
            copy[key] = ValueCodec.Of<object>().Copy(value, context)!;
        return copy;
    }

    private static async Task<T> SendThroughFilters<T>(
        Node node, ActivationData? source, GrainReference target, MethodModel method, object?[] arguments)
    {
        using var activity = node.Tracing is null ? null : CallTracing.StartClient(method);
        var trace = Activity.Current?.Context ?? default;
        try
        {
            return node.OutgoingFilters.Length == 0
                ? await SendNow<T>(node, source, target, method, arguments, trace)
                : await new OutgoingCall<T>(node, source, target, method, arguments, trace).RunAsync();
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    internal static Task<T> SendNow<T>(
        Node node, ActivationData? source, GrainReference target, MethodModel method, object?[] arguments, ActivityContext trace)
    {
        try
        {
            if (node.Stopped is { } why)
                throw new SiloUnavailableException(why);
            var token = method.CancellationIndex < 0 ? default : (CancellationToken)arguments[method.CancellationIndex]!;
            if (token.IsCancellationRequested)
                return Task.FromCanceled<T>(token);
            var call = new GrainCall<T>(node, source, target, method, method.CopyArguments(arguments)) { Context = ExportContext(), Trace = trace };
            if (method.CancellationIndex >= 0)
                call.UseCancellation();
            node.Cluster.Dispatch(call);
            if (method.IsOneWay)
                return Task.FromResult<T>(default!);
            call.LimitTime(method.Timeout ?? node.ResponseTimeout);
            if (token.CanBeCanceled)
                call.CancelWith(token);
            return call.Answer;
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
