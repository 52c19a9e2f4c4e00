using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Serialization;

internal delegate TValue RefGetter<TOwner, TValue>(ref TOwner owner);

internal delegate void RefSetter<TOwner, TValue>(ref TOwner owner, TValue value);

/// <summary>One member of a serialized type. <see cref="Key"/> is never 0, which ends a level in the bytes.</summary>
internal abstract class MemberPlan<TOwner>(uint key)
{
    public uint Key => key;

    public abstract bool IsShallow { get; }

    public abstract void Copy(ref TOwner from, ref TOwner to, CopyContext context);

    public abstract void Write(ByteWriter writer, ref TOwner owner);

    public abstract void Read(ByteReader reader, ref TOwner owner);
}

internal sealed class MemberPlan<TOwner, TValue> : MemberPlan<TOwner>
{
    private readonly RefGetter<TOwner, TValue> _get;
    private readonly RefSetter<TOwner, TValue> _set;
    private readonly bool _isImmutable;
    private ValueCodec<TValue>? _codec;

    public MemberPlan(uint key, MemberInfo member, bool isImmutable)
        : base(key)
    {
        _isImmutable = isImmutable;
        (_get, _set) = member is FieldInfo field ? Accessors(field) : Accessors((PropertyInfo)member);
    }

    public override bool IsShallow => _isImmutable || Codec.IsShallow;

    // Looked up late: the type may contain itself.
    private ValueCodec<TValue> Codec => _codec ??= ValueCodec.Of<TValue>();

    public override void Copy(ref TOwner from, ref TOwner to, CopyContext context)
    {
        var value = _get(ref from);
        _set(ref to, _isImmutable ? value : Codec.Copy(value, context)!);
    }

    public override void Write(ByteWriter writer, ref TOwner owner) => Codec.Write(writer, _get(ref owner));

    public override void Read(ByteReader reader, ref TOwner owner) => _set(ref owner, Codec.Read(reader)!);

    // Emitted, because an expression tree cannot assign a read-only field.
    private static (RefGetter<TOwner, TValue> Get, RefSetter<TOwner, TValue> Set) Accessors(FieldInfo field)
    {
        var (get, getter) = Method("get_" + field.Name, typeof(TValue), typeof(TOwner).MakeByRefType());
        EmitOwner(getter);
        getter.Emit(OpCodes.Ldfld, field);
        getter.Emit(OpCodes.Ret);
        var (set, setter) = Method("set_" + field.Name, typeof(void), typeof(TOwner).MakeByRefType(), typeof(TValue));
        EmitOwner(setter);
        setter.Emit(OpCodes.Ldarg_1);
        setter.Emit(OpCodes.Stfld, field);
        setter.Emit(OpCodes.Ret);
        return (get.CreateDelegate<RefGetter<TOwner, TValue>>(), set.CreateDelegate<RefSetter<TOwner, TValue>>());
    }

    private static (RefGetter<TOwner, TValue> Get, RefSetter<TOwner, TValue> Set) Accessors(PropertyInfo property)
    {
        var (get, getter) = Method("get_" + property.Name, typeof(TValue), typeof(TOwner).MakeByRefType());
        EmitOwner(getter);
        getter.Emit(typeof(TOwner).IsValueType ? OpCodes.Call : OpCodes.Callvirt, property.GetMethod!);
        getter.Emit(OpCodes.Ret);
        var (set, setter) = Method("set_" + property.Name, typeof(void), typeof(TOwner).MakeByRefType(), typeof(TValue));
        EmitOwner(setter);
        setter.Emit(OpCodes.Ldarg_1);
        setter.Emit(typeof(TOwner).IsValueType ? OpCodes.Call : OpCodes.Callvirt, property.SetMethod!);
        setter.Emit(OpCodes.Ret);
        return (get.CreateDelegate<RefGetter<TOwner, TValue>>(), set.CreateDelegate<RefSetter<TOwner, TValue>>());
    }

    private static (DynamicMethod Method, ILGenerator Il) Method(string name, Type returns, params Type[] parameters)
    {
        var method = new DynamicMethod(name, returns, parameters, typeof(MemberPlan<,>).Module, skipVisibility: true);
        return (method, method.GetILGenerator());
    }

    private static void EmitOwner(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_0);
        if (!typeof(TOwner).IsValueType)
            il.Emit(OpCodes.Ldind_Ref);
    }
}
