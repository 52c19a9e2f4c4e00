using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.Vips;

/// <summary>The functions of libvips and GObject that are used. None of them is variadic: C varargs cannot be called through P/Invoke.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Vips = "libvips.so.42";
    private const string GObject = "libgobject-2.0.so.0";
    private const string GLib = "libglib-2.0.so.0";

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_init(string argv0);

    [LibraryImport(Vips)]
    internal static partial void vips_concurrency_set(int concurrency);

    [LibraryImport(Vips)]
    internal static partial void vips_cache_set_max(int max);

    [LibraryImport(Vips)]
    internal static partial IntPtr vips_error_buffer_copy();

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IntPtr vips_operation_new(string name);

    [LibraryImport(Vips)]
    internal static partial int vips_object_build(IntPtr vipsObject);

    [LibraryImport(Vips)]
    internal static partial void vips_object_unref_outputs(IntPtr vipsObject);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_set_argument_from_string(IntPtr vipsObject, string name, string value);

    [LibraryImport(Vips)]
    internal static partial nuint vips_blob_get_type();

    [LibraryImport(Vips)]
    internal static partial nuint vips_image_get_type();

    [LibraryImport(Vips)]
    internal static partial IntPtr vips_blob_new(IntPtr freeFunction, void* data, nuint length);

    [LibraryImport(Vips)]
    internal static partial void* vips_blob_get(IntPtr blob, out nuint length);

    [LibraryImport(Vips)]
    internal static partial void vips_area_unref(IntPtr area);

    [LibraryImport(Vips)]
    internal static partial IntPtr vips_image_new_from_memory(void* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_width(IntPtr image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_height(IntPtr image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_bands(IntPtr image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_format(IntPtr image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_interpretation(IntPtr image);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint vips_image_get_typeof(IntPtr image, string name);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_image_get_blob(IntPtr image, string name, out void* data, out nuint length);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void vips_image_set_blob_copy(IntPtr image, string name, void* data, nuint length);

    [LibraryImport(Vips)]
    internal static partial IntPtr vips_region_new(IntPtr image);

    [LibraryImport(Vips)]
    internal static partial void* vips_region_fetch(IntPtr region, int left, int top, int width, int height, out nuint length);

    [LibraryImport(GObject)]
    internal static partial GValue* g_value_init(GValue* value, nuint type);

    [LibraryImport(GObject)]
    internal static partial void g_value_unset(GValue* value);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_object(GValue* value, IntPtr instance);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_boxed(GValue* value, IntPtr boxed);

    [LibraryImport(GObject)]
    internal static partial IntPtr g_value_dup_object(GValue* value);

    [LibraryImport(GObject)]
    internal static partial IntPtr g_value_get_boxed(GValue* value);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_set_property(IntPtr instance, string name, GValue* value);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_get_property(IntPtr instance, string name, GValue* value);

    [LibraryImport(GObject)]
    internal static partial void g_object_unref(IntPtr instance);

    [LibraryImport(GLib)]
    internal static partial void g_free(void* memory);

    [LibraryImport(GLib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint g_log_set_handler(
        string domain, int levels, delegate* unmanaged[Cdecl]<IntPtr, int, IntPtr, IntPtr, void> handler, IntPtr data);

    /// <summary>GObject's typed value: a type and two words of payload.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        internal nuint Type;
        internal long First;
        internal long Second;
    }
}
