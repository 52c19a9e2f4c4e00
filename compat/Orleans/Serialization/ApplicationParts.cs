using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>The assemblies that use this one: where grains, aliases and converters are looked for.</summary>
internal static class ApplicationParts
{
    private static readonly Lazy<Assembly[]> s_assemblies = new(FindAssemblies);
    private static readonly Lazy<Dictionary<string, Type>> s_aliases = new(FindAliases);
    private static readonly Lazy<Dictionary<Type, (Type Converter, Type Surrogate)>> s_converters = new(FindConverters);
    private static readonly ConcurrentDictionary<string, Assembly?> s_byName = new(StringComparer.Ordinal);

    public static IEnumerable<Type> Types => s_assemblies.Value.SelectMany(TypesOf);

    public static Type? TypeOfAlias(string alias) => s_aliases.Value.GetValueOrDefault(alias);

    public static (Type? Converter, Type? Surrogate) ConverterOf(Type type)
    {
        if (type.Assembly == typeof(object).Assembly)
            return default;
        var converters = s_converters.Value;
        return converters.TryGetValue(type, out var found) ? found : default;
    }

    /// <summary>An assembly by its simple name, if it is loaded or one of the application's: bytes must not make us load others.</summary>
    public static Assembly? LoadedAssembly(string name) =>
        s_byName.GetOrAdd(name, static n => AppDomain.CurrentDomain.GetAssemblies().Concat(s_assemblies.Value).FirstOrDefault(a => a.GetName().Name == n));

    private static Assembly[] FindAssemblies()
    {
        var own = typeof(ApplicationParts).Assembly;
        var found = new Dictionary<string, Assembly>(StringComparer.OrdinalIgnoreCase) { [own.GetName().Name!] = own };
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(r => r.Name == own.GetName().Name))
                found.TryAdd(assembly.GetName().Name!, assembly);
        }

        // An assembly of grains that no code names is not referenced by the host's: it only lies beside it.
        foreach (var path in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (!found.ContainsKey(name) && References(path, own.GetName().Name!))
                found.Add(name, Assembly.Load(new AssemblyName(name)));
        }

        return [.. found.Values];
    }

    private static bool References(string path, string assemblyName)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata)
                return false;
            var metadata = file.GetMetadataReader();
            return metadata.AssemblyReferences.Any(r => metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, assemblyName));
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            return [.. exception.Types.OfType<Type>()];
        }
    }

    private static Dictionary<string, Type> FindAliases()
    {
        var aliases = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in Types)
        {
            if (type.GetCustomAttribute<AliasAttribute>(false) is { } alias && !aliases.TryAdd(alias.Alias, type) && aliases[alias.Alias] != type)
                throw new OrleansConfigurationException($"The alias '{alias.Alias}' is on {aliases[alias.Alias]} and on {type}. An alias names one type.");
        }

        return aliases;
    }

    private static Dictionary<Type, (Type Converter, Type Surrogate)> FindConverters()
    {
        var converters = new Dictionary<Type, (Type Converter, Type Surrogate)>();
        foreach (var type in Types.Where(t => t.IsDefined(typeof(RegisterConverterAttribute), false) && !t.ContainsGenericParameters))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConverter<,>)))
                converters[contract.GetGenericArguments()[0]] = (type, contract.GetGenericArguments()[1]);
        }

        return converters;
    }
}
