namespace SixLabors.ImageSharp.Vips;

/// <summary>One libvips operation: properties in, build, properties out. This is what its C varargs wrappers do inside.</summary>
internal sealed unsafe class VipsOperation : IDisposable
{
    private readonly IntPtr handle;
    private readonly string name;

    internal VipsOperation(string name)
    {
        VipsLibrary.EnsureStarted();
        this.name = name;
        handle = NativeMethods.vips_operation_new(name);
        if (handle == IntPtr.Zero)
            throw new NotSupportedException($"This libvips has no operation '{name}': {VipsLibrary.TakeError()}");
    }

    /// <summary>Sets a number, a flag or an enumeration by its text.</summary>
    internal VipsOperation Set(string property, string value)
    {
        if (NativeMethods.vips_object_set_argument_from_string(handle, property, value) != 0)
            throw new ArgumentException($"{name}: {property} = {value}: {VipsLibrary.TakeError()}");
        return this;
    }

    internal VipsOperation Set(string property, int value) => Set(property, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal VipsOperation Set(string property, bool value) => Set(property, value ? "true" : "false");

    internal VipsOperation SetImage(string property, VipsImage image)
    {
        NativeMethods.GValue value = default;
        NativeMethods.g_value_init(&value, NativeMethods.vips_image_get_type());
        NativeMethods.g_value_set_object(&value, image.Handle);
        NativeMethods.g_object_set_property(handle, property, &value);
        NativeMethods.g_value_unset(&value);
        return this;
    }

    /// <summary>Sets the bytes to read. They are not copied: they stay pinned until the resulting image is disposed.</summary>
    internal VipsOperation SetBlob(string property, byte* data, int length)
    {
        var blob = NativeMethods.vips_blob_new(IntPtr.Zero, data, (nuint)length);
        NativeMethods.GValue value = default;
        NativeMethods.g_value_init(&value, NativeMethods.vips_blob_get_type());
        NativeMethods.g_value_set_boxed(&value, blob);
        NativeMethods.g_object_set_property(handle, property, &value);
        NativeMethods.g_value_unset(&value);
        NativeMethods.vips_area_unref(blob);
        return this;
    }

    /// <summary>Runs the operation.</summary>
    /// <exception cref="InvalidImageContentException">libvips refused; the message is its own.</exception>
    internal VipsOperation Build()
    {
        if (NativeMethods.vips_object_build(handle) != 0)
            throw new InvalidImageContentException(VipsLibrary.TakeError());
        return this;
    }

    internal VipsImage GetImage(string property)
    {
        NativeMethods.GValue value = default;
        NativeMethods.g_value_init(&value, NativeMethods.vips_image_get_type());
        NativeMethods.g_object_get_property(handle, property, &value);
        var image = NativeMethods.g_value_dup_object(&value);
        NativeMethods.g_value_unset(&value);
        return new VipsImage(image);
    }

    internal void WriteBlob(string property, Stream destination)
    {
        NativeMethods.GValue value = default;
        NativeMethods.g_value_init(&value, NativeMethods.vips_blob_get_type());
        NativeMethods.g_object_get_property(handle, property, &value);
        try
        {
            var data = NativeMethods.vips_blob_get(NativeMethods.g_value_get_boxed(&value), out var length);
            destination.Write(new ReadOnlySpan<byte>(data, checked((int)length)));
        }
        finally
        {
            NativeMethods.g_value_unset(&value);
        }
    }

    public void Dispose()
    {
        NativeMethods.vips_object_unref_outputs(handle);
        NativeMethods.g_object_unref(handle);
    }
}
