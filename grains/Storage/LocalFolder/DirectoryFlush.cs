using System.Runtime.InteropServices;

namespace Darkroom.Storage.LocalFolder;

/// <summary>Makes a rename survive a power failure: on Linux the folder has a write of its own, which .NET has no call for.</summary>
internal static class DirectoryFlush
{
    private const int ReadOnlyDirectory = 0x10000;   // O_RDONLY | O_DIRECTORY of Linux on x86-64
    private const int ReadOnlyDirectoryArm = 0x4000; // the same on arm64

    /// <summary>Writes the entries of a folder to the disk. A file system that cannot is no error: the rename is atomic all the same.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var flags = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ReadOnlyDirectoryArm : ReadOnlyDirectory;
        var descriptor = Open(folder, flags);
        if (descriptor < 0)
        {
            return;
        }

        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
