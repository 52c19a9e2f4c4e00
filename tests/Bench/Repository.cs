namespace Darkroom.Bench;

/// <summary>Where things are in the repository that this program was built in.</summary>
internal static class Repository
{
    /// <summary>Gets the folder with Cluster.sln, else the current one.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the program that serves the API.</summary>
    public static string Gateway => Path.Combine(Root, "client", "Gateway", "bin", "Release", "net10.0", "darkroom-gateway.dll");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        }

        return Directory.GetCurrentDirectory();
    }
}
