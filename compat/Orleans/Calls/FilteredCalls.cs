using System.Diagnostics;
using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>A call that has arrived, on its way through the filters to the grain.</summary>
internal sealed class IncomingCall<T>(GrainCall<T> call, ActivationData activation, IIncomingGrainCallFilter[] filters, Func<Task<T>> invoke)
    : IIncomingGrainCallContext
{
    private int _next;

    public IInvokable Request => call;

    public object Grain => activation.GrainInstance!;

    public GrainId? SourceId => call.Source?.GrainId;

    public GrainId TargetId => activation.GrainId;

    public GrainInterfaceType InterfaceType => call.Method.Owner.Name;

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.Method.Method;

    public MethodInfo ImplementationMethod
    {
        get
        {
            var map = Grain.GetType().GetInterfaceMap(call.Method.Method.DeclaringType!);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, InterfaceMethod)];
        }
    }

    public IGrainContext TargetContext => activation;

    public object? Result { get; set; }

    public async Task<T> RunAsync()
    {
        await Invoke();
        return Result is null ? default! : (T)Result;
    }

    public async Task Invoke()
    {
        if (_next < filters.Length)
            await filters[_next++].Invoke(this);
        else
            Result = await invoke();
    }
}

/// <summary>A call that is about to leave, on its way through the filters of its sender.</summary>
internal sealed class OutgoingCall<T>(
    Node node, ActivationData? source, GrainReference target, MethodModel method, object?[] arguments, ActivityContext trace)
    : IOutgoingGrainCallContext
{
    private readonly GrainCall<T> _request = new(node, source, target, method, arguments);
    private int _next;

    public IInvokable Request => _request;

    public object Grain => target;

    public GrainId? SourceId => source?.GrainId;

    public GrainId TargetId => target.GrainId;

    public GrainInterfaceType InterfaceType => method.Owner.Name;

    public string InterfaceName => method.Owner.Name.ToString();

    public string MethodName => method.Method.Name;

    public MethodInfo InterfaceMethod => method.Method;

    public IGrainContext? SourceContext => source;

    public object? Result { get; set; }

    public async Task<T> RunAsync()
    {
        await Invoke();
        return Result is null ? default! : (T)Result;
    }

    public async Task Invoke()
    {
        if (_next < node.OutgoingFilters.Length)
            await node.OutgoingFilters[_next++].Invoke(this);
        else
            Result = await CallSender.SendNow<T>(node, source, target, method, arguments, trace);
    }
}
