using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>Emits the class that implements a grain interface by sending calls.</summary>
internal static class ProxyFactory
{
    private const MethodAttributes Implementation =
        MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;

    private static readonly Type[] s_constructorTypes = [typeof(GrainId), typeof(InterfaceModel), typeof(Node)];

    public static Func<GrainId, InterfaceModel, Node, GrainReference> Create(InterfaceModel model)
    {
        // One assembly for each proxy: its permissions are read once, when its first type is loaded.
        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"Darkroom.Compat.Orleans.Proxies.{model.Type.Name}"), AssemblyBuilderAccess.Run);
        GrantAccess(assembly, model.Type);
        var type = assembly.DefineDynamicModule("Proxies")
            .DefineType("Proxy_" + model.Type.Name, TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [model.Type]);
        DefineConstructor(type);
        for (var i = 0; i < model.Methods.Length; i++)
            DefineMethod(type, model.Methods[i], i);

        var constructor = type.CreateType().GetConstructor(s_constructorTypes)!;
        var id = System.Linq.Expressions.Expression.Parameter(typeof(GrainId));
        var self = System.Linq.Expressions.Expression.Parameter(typeof(InterfaceModel));
        var origin = System.Linq.Expressions.Expression.Parameter(typeof(Node));
        return System.Linq.Expressions.Expression.Lambda<Func<GrainId, InterfaceModel, Node, GrainReference>>(
            System.Linq.Expressions.Expression.New(constructor, id, self, origin), id, self, origin).Compile();
    }

    // Grain interfaces, their messages and GrainReference's own methods need not be public.
    private static void GrantAccess(AssemblyBuilder assembly, Type type)
    {
        var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        var assemblies = type.GetInterfaces()
            .Append(type)
            .SelectMany(t => t.GetMethods().SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)).Append(t))
            .SelectMany(Parts)
            .Select(t => t.Assembly)
            .Append(typeof(GrainReference).Assembly)
            .Distinct();
        foreach (var granted in assemblies)
            assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [granted.GetName().Name!]));
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];

    private static void DefineConstructor(TypeBuilder type)
    {
        var il = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, s_constructorTypes).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, s_constructorTypes)!);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineMethod(TypeBuilder type, MethodModel model, int index)
    {
        var method = model.Method;
        var builder = type.DefineMethod($"{method.DeclaringType!.FullName}.{method.Name}", Implementation);
        var map = DefineTypeParameters(builder, method);
        var parameters = method.GetParameters();
        builder.SetReturnType(Substitute(method.ReturnType, map));
        builder.SetParameters([.. parameters.Select(p => Substitute(p.ParameterType, map))]);

        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        EmitTypeArguments(il, map);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Box, Substitute(parameters[i].ParameterType, map));
            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Call, Sender(model, map));
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(builder, method);
    }

    private static MethodInfo Sender(MethodModel model, Dictionary<Type, Type> map)
    {
        var name = model.Kind switch
        {
            ReturnKind.None => nameof(GrainReference.InvokeVoid),
            ReturnKind.Task => nameof(GrainReference.InvokeTask),
            ReturnKind.TaskOf => nameof(GrainReference.InvokeTaskOf),
            ReturnKind.ValueTask => nameof(GrainReference.InvokeValueTask),
            ReturnKind.ValueTaskOf => nameof(GrainReference.InvokeValueTaskOf),
            _ => nameof(GrainReference.InvokeStream),
        };
        var sender = typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
        return model.ResultType is null ? sender : sender.MakeGenericMethod(Substitute(model.ResultType, map));
    }

    private static void EmitTypeArguments(ILGenerator il, Dictionary<Type, Type> map)
    {
        if (map.Count == 0)
        {
            il.Emit(OpCodes.Ldnull);
            return;
        }

        il.Emit(OpCodes.Ldc_I4, map.Count);
        il.Emit(OpCodes.Newarr, typeof(Type));
        var i = 0;
        foreach (var parameter in map.Values)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i++);
            il.Emit(OpCodes.Ldtoken, parameter);
            il.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle))!);
            il.Emit(OpCodes.Stelem_Ref);
        }
    }

    private static Dictionary<Type, Type> DefineTypeParameters(MethodBuilder builder, MethodInfo method)
    {
        var map = new Dictionary<Type, Type>();
        if (!method.IsGenericMethodDefinition)
            return map;
        var from = method.GetGenericArguments();
        var to = builder.DefineGenericParameters([.. from.Select(t => t.Name)]);
        for (var i = 0; i < from.Length; i++)
            map.Add(from[i], to[i]);
        for (var i = 0; i < from.Length; i++)
        {
            to[i].SetGenericParameterAttributes(from[i].GenericParameterAttributes);
            var constraints = from[i].GetGenericParameterConstraints();
            if (constraints.FirstOrDefault(c => c.IsClass) is { } baseType)
                to[i].SetBaseTypeConstraint(Substitute(baseType, map));
            to[i].SetInterfaceConstraints([.. constraints.Where(c => c.IsInterface).Select(c => Substitute(c, map))]);
        }

        return map;
    }

    private static Type Substitute(Type type, Dictionary<Type, Type> map)
    {
        if (map.Count == 0 || !type.ContainsGenericParameters)
            return type;
        if (map.TryGetValue(type, out var replacement))
            return replacement;
        if (type.IsArray)
        {
            var element = Substitute(type.GetElementType()!, map);
            return type.IsSZArray ? element.MakeArrayType() : element.MakeArrayType(type.GetArrayRank());
        }

        return type.GetGenericTypeDefinition().MakeGenericType([.. type.GetGenericArguments().Select(a => Substitute(a, map))]);
    }
}
