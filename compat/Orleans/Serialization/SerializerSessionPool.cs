using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Serialization.Session;

/// <summary>What serializers share: here only the silo or client that grain references in the bytes are bound to.</summary>
public sealed class SerializerSessionPool
{
    private readonly IServiceProvider _services;

    internal SerializerSessionPool(IServiceProvider services) => _services = services;

    internal Node? Node => _services.GetService<Node>();
}
