using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>Creates instances of one grain class: services, the context and persistent states go into its constructor.</summary>
internal sealed class GrainActivator(Type type)
{
    private static readonly MethodInfo s_createState = typeof(IPersistentStateFactory).GetMethod(nameof(IPersistentStateFactory.Create))!;

    private readonly Lazy<(ConstructorInfo Constructor, Func<ActivationData, object?>[] Arguments)> _plan = new(() => Plan(type));

    public object Create(ActivationData activation)
    {
        var (constructor, arguments) = _plan.Value;
        var values = new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = arguments[i](activation);
        return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, values, null);
    }

    private static (ConstructorInfo Constructor, Func<ActivationData, object?>[] Arguments) Plan(Type type)
    {
        var constructors = type.GetConstructors();
        var constructor = constructors.FirstOrDefault(c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute), true))
            ?? constructors.MaxBy(c => c.GetParameters().Length)
            ?? throw new OrleansConfigurationException($"The grain class {type} has no public constructor.");
        return (constructor, [.. constructor.GetParameters().Select(p => Argument(type, p))]);
    }

    private static Func<ActivationData, object?> Argument(Type grain, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
                throw new OrleansConfigurationException($"Parameter '{parameter.Name}' of {grain} has [PersistentState] but is no IPersistentState<T>.");
            var create = s_createState.MakeGenericMethod(type.GetGenericArguments());
            return a => create.Invoke(
                a.ActivationServices.GetRequiredService<IPersistentStateFactory>(), BindingFlags.DoNotWrapExceptions, null, [a, state], null);
        }

        if (parameter.GetCustomAttributes().OfType<IFacetMetadata>().FirstOrDefault() is { } facet)
            throw new NotSupportedException($"Parameter '{parameter.Name}' of {grain} has [{facet.GetType().Name}], which this stand-in for Orleans does not know.");
        if (type == typeof(IGrainContext))
            return a => a;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
            return a => a.ActivationServices.GetRequiredKeyedService(type, keyed.Key);
        if (parameter.HasDefaultValue)
            return a => a.ActivationServices.GetService(type) ?? parameter.DefaultValue;
        return a => a.ActivationServices.GetService(type)
            ?? throw new InvalidOperationException($"Unable to resolve service for type '{type}' while attempting to activate '{grain}'.");
    }
}
