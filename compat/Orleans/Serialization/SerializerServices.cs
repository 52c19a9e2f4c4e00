using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization.Session;

namespace Orleans.Serialization;

/// <summary>Configures the serializer.</summary>
public interface ISerializerBuilder
{
    IServiceCollection Services { get; }
}

/// <summary>Adds the serializer to a host.</summary>
public static class ServiceCollectionExtensions
{
    public static IServiceCollection AddSerializer(this IServiceCollection services, Action<ISerializerBuilder>? configure = null)
    {
        services.TryAddSingleton(p => new SerializerSessionPool(p));
        services.TryAddSingleton<Serializer>();
        services.TryAddSingleton(typeof(Serializer<>));
        services.TryAddSingleton(_ => new DeepCopier());
        configure?.Invoke(new Builder(services));
        return services;
    }

    private sealed record Builder(IServiceCollection Services) : ISerializerBuilder;
}
