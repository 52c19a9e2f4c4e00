using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>
/// An exception keeps its type, message, stack trace, inner exception and result code. Members of derived types are kept
/// where the type has [GenerateSerializer]; those of the platform are never changed and are passed as they are.
/// </summary>
internal sealed class ExceptionCodec<T> : PayloadCodec<T>
    where T : Exception
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly FieldInfo[] s_fields = typeof(Exception).GetFields(Private | BindingFlags.Public);
    private static readonly FieldInfo s_message = typeof(Exception).GetField("_message", Private)!;
    private static readonly FieldInfo s_inner = typeof(Exception).GetField("_innerException", Private)!;
    private static readonly FieldInfo s_remoteStackTrace = typeof(Exception).GetField("_remoteStackTraceString", Private)!;

    private readonly TypePlan<T> _plan = new();

    public override bool IsShallow { get; } = typeof(T).Assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    public override T Copy(T value, CopyContext context)
    {
        var copy = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        context.Add(value, copy);
        foreach (var field in s_fields)
            field.SetValue(copy, field.GetValue(value));
        if (value.InnerException is { } inner)
            s_inner.SetValue(copy, ValueCodec.Of<Exception>().Copy(inner, context));
        _plan.CopyMembers(ref value, ref copy, context);
        return copy;
    }

    public override void Write(ByteWriter writer, T value)
    {
        writer.WriteString(value.Message);
        writer.WriteString(value.StackTrace ?? "");
        writer.WriteInt64(value.HResult);
        ValueCodec.Of<Exception>().Write(writer, value.InnerException);
        _plan.WriteMembers(writer, ref value);
    }

    public override T Read(ByteReader reader, uint? id)
    {
        var value = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        if (id is not null)
            reader.Add(id.Value, value);
        s_message.SetValue(value, reader.ReadString());
        s_remoteStackTrace.SetValue(value, reader.ReadString());
        value.HResult = unchecked((int)reader.ReadInt64());
        s_inner.SetValue(value, ValueCodec.Of<Exception>().Read(reader));
        _plan.ReadMembers(reader, ref value);
        return value;
    }
}
