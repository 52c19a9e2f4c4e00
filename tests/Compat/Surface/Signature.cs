using System.Reflection;

namespace Darkroom.Tests.Compat.Surface;

/// <summary>A public or protected member, written as the lists of ../shared/api write it.</summary>
/// <param name="Text">The member as it is.</param>
/// <param name="Variants">The members of the official package that it may stand for.</param>
/// <param name="IsOverride">Whether it overrides a member of a base.</param>
/// <param name="IsOfObject">Whether what it overrides is in the base library.</param>
internal sealed record Signature(string Text, string[] Variants, bool IsOverride, bool IsOfObject)
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static string Of(Type type)
    {
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsByRef)
            return Of(type.GetElementType()!) + "&";
        if (type.IsPointer)
            return Of(type.GetElementType()!) + "*";
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        var name = Plain(type);
        return type.IsGenericType ? $"{name}<{string.Join(",", type.GetGenericArguments().Select(Of))}>" : name;
    }

    public static string KindOf(Type type) =>
        type.IsInterface ? "interface"
        : type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    public static IEnumerable<string> BasesOf(Type type)
    {
        var parent = type.BaseType;
        if (parent is not null && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate))
            yield return Of(parent);
        foreach (var contract in type.GetInterfaces().Where(i => i.IsVisible))
            yield return Of(contract);
    }

    public static IEnumerable<Signature> MembersOf(Type type)
    {
        foreach (var constructor in type.GetConstructors(Declared).Where(c => !c.IsStatic && IsSeen(c)))
            yield return Exactly($".ctor({Parameters(constructor)})");
        foreach (var field in type.GetFields(Declared).Where(f => !f.IsSpecialName && (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly)))
            yield return Exactly(FieldText(field));
        foreach (var method in type.GetMethods(Declared).Where(IsSeen))
            yield return MethodSignature(method);
    }

    private static string Plain(Type type)
    {
        var name = type.Name;
        var tick = name.IndexOf('`');
        if (tick >= 0)
            name = name[..tick];
        if (type.IsNested)
            return $"{Plain(type.DeclaringType!)}.{name}";
        return type.Namespace is null ? name : $"{type.Namespace}.{name}";
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static Signature Exactly(string text) => new(text, [text], false, false);

    private static string FieldText(FieldInfo field)
    {
        var modifiers = (field.IsLiteral ? "const " : field.IsStatic ? "static " : "");
        var value = field.IsLiteral && field.DeclaringType!.IsEnum ? $" = {Convert.ToInt64(field.GetRawConstantValue(), null)}" : "";
        return $"{modifiers}field {Of(field.FieldType)} {field.Name}{value}";
    }

    private static Signature MethodSignature(MethodInfo method)
    {
        var access = method.IsPublic ? "" : "protected ";
        var generic = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(Of))}>" : "";
        var rest = $"{access}{Of(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        var isOverridable = method is { IsVirtual: true, IsFinal: false };
        var modifier = method.IsStatic ? "static " : method.IsAbstract ? "abstract " : isOverridable ? "virtual " : "";
        var isOverride = method.GetBaseDefinition() != method;

        // What cannot be overridden here may be overridable there, and an abstract member of an interface may have a body there.
        // The other way round the product could rely on more than there is.
        string[] variants = modifier switch
        {
            "" => [rest, "virtual " + rest, "abstract " + rest],
            "abstract " when method.DeclaringType!.IsInterface => ["abstract " + rest, "virtual " + rest],
            "virtual " when isOverride => ["virtual " + rest, "abstract " + rest],
            "static " when method.DeclaringType!.IsInterface => ["static " + rest, "static abstract " + rest, "static virtual " + rest],
            _ => [modifier + rest],
        };
        return new(modifier + rest, variants, isOverride, isOverride && method.GetBaseDefinition().DeclaringType!.Assembly == typeof(object).Assembly);
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var modifier = "";
        if (type.IsByRef)
        {
            modifier = parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
            type = type.GetElementType()!;
        }

        return $"{modifier}{Of(type)} {parameter.Name}{(parameter.IsOptional ? "?" : "")}";
    }
}
