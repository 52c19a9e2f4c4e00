using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>A grain reference is its grain id and its interface; who reads it in a grain or a silo can call it.</summary>
internal static class GrainReferenceCodec
{
    public static void Write(ByteWriter writer, GrainReference reference)
    {
        writer.WriteString(reference.GrainId.ToString());
        TypeNames.Write(writer, reference.Model.Type);
    }

    public static GrainReference Read(ByteReader reader)
    {
        var id = GrainId.Parse(reader.ReadString());
        var type = TypeNames.Read(reader);
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
            throw new SerializerException($"{type} is not a grain interface.");
        var origin = RuntimeContext.Current?.Silo.Node ?? Node.Ambient
            ?? throw new SerializerException($"The reference to grain {id} was read outside of any silo or client: there is nothing to bind it to.");
        return InterfaceModel.Of(type).CreateReference(id, origin);
    }
}
